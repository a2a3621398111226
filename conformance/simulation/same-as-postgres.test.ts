import { insertJob, openJobOf, readJob } from "@octavo/lifecycle";
import { cutLog, holdsLease, openRegistry, type Registry, releaseLease, takeLease } from "@octavo/registry";
import { ok } from "@octavo/result";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { expect, it } from "vitest";
import { internalModule } from "./stage.ts";
import { planOf } from "./clients.ts";
import { World } from "./world.ts";

const ME = "00000000-0000-4000-8000-00000000000a";
const OTHER = "00000000-0000-4000-8000-00000000000b";

/** What a simulation finds is worth what its server is like: the same calls of the program, answered by it and by PostgreSQL. */
it("the simulated server answers as PostgreSQL does", async () => {
  const database = await freshDatabase();
  const opened = await openRegistry({
    connectionString: database.url,
    instance: { id: ME, name: null, url: "http://me", version: "0.0.0" },
    internalModule,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const real = await story(opened.value);
  await opened.value.close();
  await database.drop();
  expect(await simulated()).toEqual(real);
});

async function simulated(): Promise<readonly unknown[]> {
  const world = new World(1, {});
  const [gateway] = world.gateways;
  gateway?.start();
  await world.scheduler.runUntil(500); // before its own sweeper takes the lease of the log
  let told: readonly unknown[] | null = null;
  const { registry } = gateway ?? {};
  if (registry === undefined || registry === null) throw new Error("it has not opened");
  void story(registry).then((heard) => (told = heard));
  await world.scheduler.runUntil(60_000, () => told !== null);
  return told ?? ["it has not ended"];
}

/** @returns what was heard, in order, without times and ids */
async function story(registry: Registry): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  const within = async (
    work: Parameters<Registry["transaction"]>[0],
    what: (value: unknown) => unknown,
  ): Promise<void> => {
    const done = await registry.transaction(work);
    heard.push(done.ok ? what(done.value) : done.error);
  };
  const write = async (key: string, name: string, value: string): Promise<void> => {
    const entry = { name, value, description: null, required: false };
    const intent = {
      actor: "story",
      action: "env.put",
      target: name,
      requestId: null,
      idempotency: { key, fingerprint: value },
    };
    const written = await registry.write<never>(intent, () =>
      ok({ changes: [{ kind: "env.put", entry }], answer: value }),
    );
    heard.push(
      written.ok ? [written.value.revision, written.value.isReplay, written.value.answer] : written.error,
    );
  };
  await write("one", "A", "1");
  await write("one", "A", "1");
  await write("one", "A", "another body");
  await write("two", "A", "2");
  heard.push([...registry.snapshot.env.values()].map(({ name, value }) => [name, value]));

  const limits = { mostRows: 1, leastRows: 1, mostAgeMs: 1e9, leastAgeMs: 0, rowsAtOnce: 10, everyMs: 1 };
  for (const holder of [ME, OTHER]) {
    await within(
      (client) => cutLog(client, holder, limits),
      (batch) => withoutHash(batch),
    );
  }
  await write("three", "A", "3");

  for (const [holder, seconds] of [
    [ME, 60],
    [OTHER, 60],
    [ME, 0],
    [OTHER, 60],
  ] as const) {
    await within(
      (client) => takeLease(client, "jobs/north", holder, seconds),
      (lease) => lease,
    );
  }
  const stale = { name: "jobs/north", holder: ME, epoch: 1 };
  const held = { name: "jobs/north", holder: OTHER, epoch: 2 };
  await within(
    (client) => holdsLease(client, stale),
    (isHeld) => isHeld,
  );
  await within(
    (client) => holdsLease(client, held),
    (isHeld) => isHeld,
  );
  await within(
    (client) => releaseLease(client, held),
    () => "given back",
  );
  await within(
    (client) => holdsLease(client, held),
    (isHeld) => isHeld,
  );
  await within(
    (client) => takeLease(client, "jobs/north", ME, 60),
    (lease) => lease,
  );

  for (const id of ["first", "second"]) {
    const job = {
      id,
      tenantId: "north",
      kind: "install",
      plan: planOf([]),
      requestedBy: "story",
      requestId: null,
      withinSeconds: null,
    } as const;
    await within(
      (client) => insertJob(client, job),
      (open) => idOf(open),
    );
  }
  await within((client) => readJob(client, null, "first"), withoutTimes);
  await within((client) => openJobOf(client, "north"), idOf);
  await within((client) => openJobOf(client, "south"), idOf);
  return heard;
}

function idOf(job: unknown): unknown {
  return typeof job === "object" && job !== null && "id" in job ? job.id : job;
}

/** Ids of writes are in it. */
function withoutHash(batch: unknown): unknown {
  return JSON.parse(JSON.stringify(batch, (key, value: unknown) => (key === "hash" ? "" : value)));
}

function withoutTimes(job: unknown): unknown {
  return Object.assign({}, job, { startedAt: "", since: "" });
}
