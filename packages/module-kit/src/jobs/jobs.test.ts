import { sql, type Transaction } from "@octavo/database";
import { Type } from "typebox";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { RunningModule, Stop } from "../definition/part.ts";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { takeDueVisits } from "../visits/wake-rows.ts";
import { Visits } from "../visits/visits-of.ts";
import { defineJob, type JobType } from "./define-job.ts";
import { cancelJob, type JobView, readJob } from "./job-view.ts";
import { jobSteps } from "./job-steps.ts";
import { jobs } from "./jobs-part.ts";
import type { JobsOptions } from "./job-worker.ts";
import { JobCancelled, JobRefused, type RunningJob } from "./running-job.ts";

let kit: KitDatabases;
const stops: Stop[] = [];
beforeAll(async () => {
  kit = await kitDatabases(["north", "south", "closed"], jobSteps);
  await kit.database.home.tx((tx) =>
    tx.run(sql`update octavo_tenant set state = 'disabled' where tenant_id = 'closed'`),
  );
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => kit.close());

const tx = <T>(work: (tx: Transaction) => Promise<T>, tenantId = "north"): Promise<T> =>
  kit.database.tx({ tenantId, work: "foreground" }, work);
const view = (id: string, tenantId = "north"): Promise<JobView | null> =>
  tx((tx) => readJob(tx, id), tenantId);
const ended = async (id: string, state: JobView["state"], tenantId = "north"): Promise<JobView | null> => {
  await vi.waitUntil(async () => (await view(id, tenantId))?.state === state, {
    timeout: 20_000,
    interval: 20,
  });
  return view(id, tenantId);
};
/** As if the time had come. */
const due = (id: string): Promise<number> =>
  tx((tx) => tx.run(sql`update octavo_job set due_at = now() where id = ${id}::uuid`));

const Payload = Type.Object({ name: Type.String() });
type Payload = { name: string };
const job = (type: string, run: (job: RunningJob<Payload, unknown>) => Promise<void>, mostAttempts = 3) =>
  defineJob(type, { payload: Payload, mostAttempts, run });

async function start(type: JobType<Payload>, options: JobsOptions = {}): Promise<RunningModule> {
  const running = kit.running();
  const stop = await jobs([type], options).start?.(running);
  if (stop !== undefined) stops.push(stop);
  return running;
}

describe("a job", () => {
  it("is there when its transaction is committed, runs at once, and only once for its key", async () => {
    const seen: string[] = [];
    const type = job("seen", async ({ payload }) => void seen.push(payload.name));
    await start(type);
    await expect(
      tx(async (tx) => {
        await type.enqueue(tx, { name: "undone" });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    const first = await tx((tx) => type.enqueue(tx, { name: "kept" }, { key: "the key" }));
    const again = await tx((tx) => type.enqueue(tx, { name: "again" }, { key: "the key" }));
    expect([first.isNew, again]).toEqual([true, { id: first.id, isNew: false }]);
    expect(await ended(first.id, "done")).toMatchObject({ attempt: 1, error: null });
    expect(seen).toEqual(["kept"]);
  });

  it("that fails waits longer each time, then it is dead with its last error, and may be retried", async () => {
    let isBroken = true;
    const type = job("failing", async () => {
      if (isBroken) throw new Error("not today");
    });
    const running = await start(type);
    const { id } = await tx((tx) => type.enqueue(tx, { name: "x" }, { mostAttempts: 2 }));
    await vi.waitUntil(async () => (await view(id))?.error === "not today", {
      timeout: 20_000,
      interval: 20,
    });
    const waits = await tx((tx) =>
      tx.row<{ seconds: number }>(
        sql`select extract(epoch from due_at - now())::float8 as seconds from octavo_job where id = ${id}::uuid`,
      ),
    );
    expect(waits?.seconds).toBeGreaterThan(3);
    expect(waits?.seconds).toBeLessThan(8);
    await due(id);
    new Visits(running).wake("north", "jobs", 0);
    expect(await ended(id, "dead")).toMatchObject({ attempt: 2, error: "not today" });
    isBroken = false;
    expect(await tx((tx) => type.retry(tx, id))).toBe(true);
    expect(await ended(id, "done")).toMatchObject({ attempt: 1 });
    expect(await tx((tx) => type.retry(tx, id))).toBe(false);
  });

  it("that refuses is dead at once, and so is one whose payload is not what its type takes", async () => {
    const type = job("refusing", async () => {
      throw new JobRefused("never");
    });
    const { metrics } = await start(type);
    const { id } = await tx((tx) => type.enqueue(tx, { name: "x" }));
    expect(await ended(id, "dead")).toMatchObject({ attempt: 1, error: "never" });
    await vi.waitUntil(async () => (await metrics.metrics()).includes('{type="refusing",outcome="dead"} 1'), {
      timeout: 20_000,
      interval: 10,
    });
    const { id: older } = await tx(async (tx) => {
      const made = await type.enqueue(tx, { name: "x" });
      await tx.run(sql`update octavo_job set payload = '{"title": 1}' where id = ${made.id}::uuid`);
      return made;
    });
    expect(await ended(older, "dead")).toMatchObject({ error: "its payload is not what refusing takes" });
  });

  it("is cancelled: while it waits at once, while it runs at its next checkpoint", async () => {
    const begun = Promise.withResolvers<RunningJob<Payload, unknown>>();
    const goOn = Promise.withResolvers<null>();
    let undone = 0;
    const type = job("cancelled", async (job) => {
      begun.resolve(job);
      await goOn.promise;
      try {
        await job.tx((tx) =>
          tx.run(sql`update octavo_job set error = 'must not be' where id = ${job.id}::uuid`),
        );
      } catch (error) {
        if (error instanceof JobCancelled) undone += 1;
        throw error;
      }
    });
    await start(type);
    const later = await tx((tx) => type.enqueue(tx, { name: "x" }, { runAt: new Date("2199-01-01") }));
    expect(await tx((tx) => cancelJob(tx, later.id))).toBe(true);
    expect(await view(later.id)).toMatchObject({ state: "cancelled", attempt: 0 });
    const { id } = await tx((tx) => type.enqueue(tx, { name: "x" }));
    await begun.promise;
    expect(await tx((tx) => cancelJob(tx, id))).toBe(true);
    expect((await view(id))?.state).toBe("running");
    goOn.resolve(null);
    expect(await ended(id, "cancelled")).toMatchObject({ error: null });
    expect(undone).toBe(1);
    expect(await tx((tx) => cancelJob(tx, id))).toBe(false);
  });

  it("saves how far it is together with what it has done", async () => {
    const seen: unknown[] = [];
    const type = job("progress", async (job) => {
      seen.push(job.progress);
      await job.tx((_tx, save) => save({ at: seen.length }));
      if (seen.length < 2) throw new Error("again");
    });
    await start(type);
    const { id } = await tx((tx) => type.enqueue(tx, { name: "x" }));
    // By itself, five seconds after it failed.
    expect(await ended(id, "done")).toMatchObject({ progress: { at: 2 } });
    expect(seen).toEqual([null, { at: 1 }]);
  });

  it("of a quiet tenant does not wait for all of a noisy one", async () => {
    const order: string[] = [];
    const type = job("fair", async ({ payload }) => void order.push(payload.name));
    await tx(async (tx) => {
      for (let n = 0; n < 60; n += 1) await type.enqueue(tx, { name: "noisy" });
    }, "north");
    await tx(async (tx) => {
      for (let n = 0; n < 3; n += 1) await type.enqueue(tx, { name: "quiet" });
    }, "south");
    const running = await start(type);
    const visits = new Visits(running);
    visits.wake("north", "jobs", 0);
    visits.wake("south", "jobs", 0);
    await vi.waitUntil(() => order.length === 63, { timeout: 20_000, interval: 20 });
    expect(order.lastIndexOf("quiet")).toBeLessThan(20);
  });

  it("of a disabled tenant does not run, and no worker goes there", async () => {
    const seen: string[] = [];
    const type = job("closed", async ({ payload }) => void seen.push(payload.name));
    const running = await start(type);
    const { id } = await tx((tx) => type.enqueue(tx, { name: "closed" }), "closed");
    const { id: open } = await tx((tx) => type.enqueue(tx, { name: "open" }));
    new Visits(running).wake("closed", "jobs", 0);
    await ended(open, "done");
    // A wake that is left from before is not taken either.
    await kit.database.home.tx((tx) =>
      tx.run(sql`insert into octavo_wake (tenant_id, errand, due_at) values ('closed', 'jobs', now())`),
    );
    expect(await kit.database.home.tx((tx) => takeDueVisits(tx, ["jobs"], 10, 1))).toEqual([]);
    expect(await view(id, "closed")).toMatchObject({ state: "waiting", attempt: 0 });
    expect(seen).toEqual(["open"]);
  });

  it("whose tenant is disabled in the middle writes nothing more, and goes on when it is enabled again", async () => {
    const begun = Promise.withResolvers<null>();
    const goOn = Promise.withResolvers<null>();
    const failures: unknown[] = [];
    const type = job("resting", async (job) => {
      begun.resolve(null);
      await goOn.promise;
      await job
        .finish(
          async (tx) =>
            void (await tx.run(sql`update octavo_job set progress = '1' where id = ${job.id}::uuid`)),
        )
        .catch((error: unknown) => {
          failures.push(error);
          throw error;
        });
    });
    const running = await start(type, { leaseSeconds: 1 });
    const place = await running.placeOf("south");
    const setState = (state: string): Promise<number> =>
      kit.database.home.tx((tx) =>
        tx.run(sql`update octavo_tenant set state = ${state} where tenant_id = 'south'`),
      );
    const { id } = await tx((tx) => type.enqueue(tx, { name: "x" }), "south");
    await begun.promise;
    await setState("disabled");
    await running.provisioner?.withdraw(place);
    goOn.resolve(null);
    await vi.waitUntil(() => failures.length > 0, { timeout: 20_000, interval: 10 });
    expect(failures).toEqual([expect.objectContaining({ name: "TenantUnknown" })]);
    await running.provisioner?.provision(place);
    await setState("enabled");
    new Visits(running).wake("south", "jobs", 0);
    expect(await ended(id, "done", "south")).toMatchObject({ progress: 1, attempt: 2 });
  });
});
