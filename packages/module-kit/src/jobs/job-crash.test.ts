import { sql } from "@octavo/database";
import { expand } from "@octavo/migrations";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { type StartedWorker, startWorker, type WorkerTask } from "../testing/start-worker.ts";
import { writeWakes } from "../visits/wake-rows.ts";
import { insertJob } from "./job-rows.ts";
import { jobSteps } from "./job-steps.ts";

const effects = expand("effect", "create table effect (name text, step int)");
let kit: KitDatabases;
const workers: StartedWorker[] = [];
beforeAll(async () => {
  kit = await kitDatabases(["north", "south"], [...jobSteps, effects]);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.signal("SIGKILL");
    await worker.ended;
  }
});
afterAll(() => kit.close());

const start = (task: Partial<WorkerTask> = {}): StartedWorker => {
  const worker = startWorker({ url: kit.url, leaseSeconds: 1, ...task });
  workers.push(worker);
  return worker;
};

async function enqueue(tenantId: string, type: string, payload: object): Promise<string> {
  const job = { type, payload, key: null, runAt: null, mostAttempts: 20 };
  const { id } = await kit.database.tx({ tenantId, work: "foreground" }, (tx) => insertJob(tx, job));
  await kit.database.home.tx((tx) => writeWakes(tx, [{ tenantId, errand: "jobs", inSeconds: 0 }]));
  return id;
}

const rows = (tenantId: string, name: string): Promise<readonly { step: number }[]> =>
  kit.database.read({ tenantId, work: "foreground" }, (tx) =>
    tx.rows<{ step: number }>(sql`select step from effect where name = ${name} order by step`),
  );

const stateOf = async (tenantId: string, id: string): Promise<string | undefined> =>
  (
    await kit.database.read({ tenantId, work: "foreground" }, (tx) =>
      tx.row<{ state: string }>(sql`select state from octavo_job where id = ${id}::uuid`),
    )
  )?.state;

const steps = (count: number): { step: number }[] => Array.from({ length: count }, (_, step) => ({ step }));

describe("a worker that ends in the middle of a job", () => {
  it.each([0, 2, 4])(
    "killed at step %i: another one goes on from there, each step has its effect once",
    async (at) => {
      const first = start({ stepMs: 30 });
      const id = await enqueue("north", "steps", { name: `killed${at}`, steps: 6 });
      await first.said(`step ${at}`);
      first.signal("SIGKILL");
      const second = start();
      await vi.waitUntil(async () => (await stateOf("north", id)) === "done", {
        timeout: 25_000,
        interval: 50,
      });
      expect(await rows("north", `killed${at}`)).toEqual(steps(6));
      expect(second.lines.filter((line) => line.startsWith("step")).length).toBeLessThanOrEqual(6 - at + 1);
    },
  );

  it("stopped for longer than its lease: what it writes late is refused, and it says so", async () => {
    const first = start({ stepMs: 200 });
    const id = await enqueue("north", "steps", { name: "stopped", steps: 4 });
    await first.said("step 2");
    first.signal("SIGSTOP");
    const second = start();
    await vi.waitUntil(async () => (await stateOf("north", id)) === "done", {
      timeout: 25_000,
      interval: 50,
    });
    expect(second.lines).toContain("step 2");
    first.signal("SIGCONT");
    expect(await first.said("warn a job was lost")).toContain("JobLost");
    expect(await rows("north", "stopped")).toEqual(steps(4));
  });

  it("told to end: its job is put back at once, and the attempt does not count", async () => {
    const first = start({ stepMs: 100, leaseSeconds: 600 });
    const id = await enqueue("north", "steps", { name: "drained", steps: 6 });
    await first.said("step 1");
    first.signal("SIGTERM");
    const second = start({ leaseSeconds: 600 });
    await vi.waitUntil(async () => (await stateOf("north", id)) === "done", {
      timeout: 25_000,
      interval: 50,
    });
    expect(await rows("north", "drained")).toEqual(steps(6));
    expect(second.lines).toContain("step 1");
    const attempt = sql`select attempt from octavo_job where id = ${id}::uuid`;
    const context = { tenantId: "north", work: "foreground" } as const;
    expect(await kit.database.read(context, (tx) => tx.row(attempt))).toEqual({ attempt: 1 });
  });
});

describe("workers whose clocks differ by ten minutes", () => {
  it("do each of many jobs once, though one of them is killed again and again", async () => {
    const names = Array.from({ length: 120 }, (_, n) => `job${n}`);
    for (const name of names) await enqueue("south", "one", { name });
    const steady = start({ skewMs: 300_000 });
    await steady.said("begin");
    for (let round = 0; round < 3; round += 1) {
      const shaky = start({ skewMs: -300_000, stepMs: 5 });
      await shaky.said("begin");
      await vi.waitUntil(async () => (await done()) > round * 30, { timeout: 20_000, interval: 10 });
      shaky.signal("SIGKILL");
      await shaky.ended;
    }
    await vi.waitUntil(async () => (await done()) >= names.length, { timeout: 25_000, interval: 50 });
    const effects = await kit.database.read({ tenantId: "south", work: "foreground" }, (tx) =>
      tx.rows<{ name: string }>(sql`select name from effect`),
    );
    expect(effects.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });
});

async function done(): Promise<number> {
  const row = await kit.database.read({ tenantId: "south", work: "foreground" }, (tx) =>
    tx.row<{ n: number }>(sql`select count(*)::int as n from octavo_job where state = 'done'`),
  );
  return row?.n ?? 0;
}
