import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backUp } from "../backup/back-up.ts";
import { restoreBackup } from "../backup/restore.ts";
import { readChangeEvents } from "../change-events.ts";
import { openRegistryFromFile } from "../open-registry.ts";
import { readChangesAfter } from "../read-log.ts";
import type { Registry } from "../registry.ts";
import { eventually, optionsFor, put, tenantPut } from "../testing/open-on.ts";
import { internalModule } from "../testing/sample-modules.ts";
import { databasePerTest } from "../testing/with-database.ts";
import { brokenLink } from "../verify-chain.ts";
import { readCut } from "./cut-log.ts";
import { defaultLogLimits } from "./log-limits.ts";

const database = databasePerTest();
/** Ten stay, in batches of three. */
const logLimits = {
  ...defaultLogLimits,
  mostRows: 10,
  leastRows: 5,
  leastAgeMs: 0,
  rowsAtOnce: 3,
  everyMs: 50,
};
const cutting = { pollIntervalMs: 20, logLimits };

describe("a log that has grown too long", () => {
  it("is cut by one of the instances, in batches, and its chain holds from the cut on", async () => {
    const { registry: one, events } = await database.open(cutting);
    const { registry: two, events: others } = await database.open(cutting);
    await write(one, 31);
    await eventually("ten are left", async () => (await rowsOf(two)) === 10);
    const cut = await read(two, readCut);
    expect(cut.revision).toBe(21);
    const changes = await read(two, (client) => readChangesAfter(client, 0));
    expect([changes[0]?.revision, brokenLink(cut, changes)]).toEqual([22, null]);
    await put(one, [tenantPut("after")]);
    expect(await two.reached(32, 10_000)).toBe(true);
    const removed = (): number =>
      [...events, ...others].reduce((sum, event) => sum + (event.kind === "log-cut" ? event.removed : 0), 0);
    await eventually("all that went was told of", () => removed() === 22);
    expect((await read(one, readCut)).revision).toBe(22);
  });

  it("is not cut where somebody else has taken the lease meanwhile", async () => {
    await database.open(); // makes the tables
    await database.query(
      `insert into octavo.lease values ('change-log', gen_random_uuid(), 7, clock_timestamp() + interval '1 hour')`,
    );
    const { registry } = await database.open(cutting);
    await write(registry, 20);
    const { registry: later } = await database.open({ ...cutting, logLimits: { ...logLimits, everyMs: 0 } });
    const looks = new Set<string | null>();
    await eventually("it has had its turns", () => looks.add(later.contact.lastAt).size > 5);
    expect(await rowsOf(registry)).toBe(20);
  });

  it("is held by a loss that nobody has acknowledged, and only so long", async () => {
    const { registry } = await database.open({ pollIntervalMs: 20 });
    await write(registry, 5);
    await database.query(
      `insert into octavo.rewind (lost_history, kept_revision, lost_revision, is_complete, noticed_by)
       values (gen_random_uuid(), 4, 9, true, '')`,
    );
    await write(registry, 26);
    const { registry: sweeper, events } = await database.open(cutting);
    await eventually("what was before it is gone", async () => (await read(sweeper, readCut)).revision === 4);
    await eventually("it says so", () => events.some(({ kind }) => kind === "log-cut"));
    expect(await rowsOf(sweeper)).toBe(27);
    await database.query("update octavo.rewind set acknowledged_at = clock_timestamp()");
    await eventually("the rest follows", async () => (await rowsOf(sweeper)) === 10);
  });

  it("makes an instance that is behind the cut read everything anew, and one at the cut go on", async () => {
    const { registry: writer } = await database.open(cutting);
    await write(writer, 5);
    const behind = writer.snapshot;
    await write(writer, 16);
    const atCut = writer.snapshot;
    await write(writer, 10);
    await eventually("it is cut", async () => (await read(writer, readCut)).revision === 21);
    for (const [snapshot, because] of [
      [behind, ["gap"]],
      [atCut, []],
    ] as const) {
      const loaded: string[] = [];
      const kept = { snapshot, confirmedAtMs: 0, signingSecrets: [], endedSessions: [], readMs: 0 };
      const late = openRegistryFromFile(
        optionsFor(database.url, {
          pollIntervalMs: 50,
          log: (event) => {
            if (event.kind === "snapshot-loaded" && event.because !== "file") loaded.push(event.because);
          },
        }),
        kept,
        0,
      );
      database.onEnd(() => late.close());
      expect(await late.reached(31, 10_000)).toBe(true);
      expect(late.snapshot.hash).toBe(writer.snapshot.hash);
      expect([...late.snapshot.tenants.keys()].length).toBe(32);
      expect(loaded).toEqual(because);
    }
  });

  it("says to whoever follows its events whether it goes on where they are", async () => {
    const { registry } = await database.open(cutting);
    await write(registry, 31);
    await eventually("it is cut", async () => (await read(registry, readCut)).revision === 21);
    const cut = await read(registry, readCut);
    const { hash } = registry.snapshot;
    for (const [told, verdict] of [
      [{ revision: 20, hash: "" }, "cut"],
      [{ revision: 0, hash: "" }, "cut"],
      [{ revision: 21, hash: cut.hash.slice(0, 12) }, 10],
      [{ revision: 21, hash: "0123456789ab" }, "rewound"],
      [{ revision: 31, hash }, 0],
      [{ revision: 31, hash: "0123456789ab" }, "rewound"],
      [{ revision: 99, hash: "" }, "ahead"],
      [{ revision: 99, hash: "0123456789ab" }, "rewound"],
    ] as const) {
      const events = await read(registry, (client) => readChangeEvents(client, told, 500));
      expect(events.ok ? events.value.length : events.error).toBe(verdict);
    }
  });

  it("is restored from a backup, and a cut that does not fit the log is not", async () => {
    const { registry } = await database.open(cutting);
    await write(registry, 31);
    await eventually("it is cut", async () => (await rowsOf(registry)) === 10);
    await registry.close();
    const folder = await mkdtemp(join(tmpdir(), "octavo-cut-"));
    database.onEnd(() => rm(folder, { recursive: true }));
    const { url: connectionString } = database;
    const path = join(folder, "backup");
    const options = { path, passphrase: null };
    const restore = async () =>
      restoreBackup({
        ...options,
        connectionString,
        replaces: true,
        keepsSignIns: true,
        internalModule,
        alsoCheck: () => null,
      });
    expect(await backUp({ ...options, connectionString, key: null })).toMatchObject({ ok: true });
    expect(await restore()).toMatchObject({ ok: true, value: { revision: 31, rows: { change: 10 } } });
    await database.query("update octavo.change_cut set revision = 20");
    expect(await backUp({ ...options, connectionString, key: null })).toMatchObject({ ok: true });
    expect(await restore()).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("change 21 is missing from the log") },
    });
  });
});

async function write(registry: Registry, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1)
    await put(registry, [tenantPut(`t${registry.snapshot.revision + 1}`)]);
}

async function rowsOf(registry: Registry): Promise<number> {
  return read(registry, async (client) => (await client.query("select from octavo.change")).rowCount ?? 0);
}

async function read<T>(registry: Registry, work: Parameters<typeof registry.read<T>>[0]): Promise<T> {
  const done = await registry.read(work);
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return done.value;
}
