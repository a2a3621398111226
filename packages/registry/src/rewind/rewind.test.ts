import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { acknowledgeRewind, proposeLost, readRewinds, type StoredRewind } from "../index.ts";
import { openRegistryFromFile } from "../open-registry.ts";
import type { Registry } from "../registry.ts";
import { recordRewind } from "./record-rewind.ts";
import { failingOver } from "../testing/failing-over.ts";
import { eventually, intentOf, optionsFor, put, tenantPut } from "../testing/open-on.ts";
import { internalModule, sampleModule } from "../testing/sample-modules.ts";
import { databasePerTest } from "../testing/with-database.ts";

const database = databasePerTest();

describe("a failover that loses acknowledged changes", () => {
  it("is reported once by two instances, with exactly the changes that are gone, and stays until acknowledged", async () => {
    const { one, two, server } = await twoInstances();
    await put(one, [tenantPut("kept")]);
    await two.reached(1, 10_000);
    await server.remember();
    await eventually("both are back", () => isUp(one) && isUp(two));
    const imported = sampleModule("mod-a-1.0.0");
    await put(one, [{ kind: "module.added", module: imported }]);
    await put(two, [tenantPut("lost"), secretVariable]);
    await eventually("both have it", () => one.snapshot.revision === 3 && two.snapshot.revision === 3);
    await server.failOver();
    await eventually("both have gone back", () => one.snapshot.revision === 1 && two.snapshot.revision === 1);
    await eventually("both know of the alarm", () => [one, two].every((each) => openRewinds(each) === 1));

    const rewinds = await rewindsOf(one);
    expect(rewinds).toHaveLength(1);
    expect(rewinds[0]).toMatchObject({
      keptRevision: 1,
      lostRevision: 3,
      isComplete: true,
      acknowledgedAt: null,
    });
    expect(rewinds[0]?.changes).toMatchObject([
      {
        revision: 2,
        actor: "open-mode",
        action: "test.put",
        ops: [{ kind: "module.added", of: ["module mod-a-1.0.0"] }],
      },
      { revision: 3, ops: [{ of: ["tenant lost"] }, { kind: "env.put", of: ["variable PASSWORD"] }] },
    ]);
    expect(JSON.stringify(rewinds)).not.toContain("secret");

    const id = rewinds[0]?.id ?? "";
    expect(await one.transaction((client) => acknowledgeRewind(client, id, "operator:a"))).toMatchObject({
      value: true,
    });
    await eventually("both know that it is over", () => [one, two].every((each) => openRewinds(each) === 0));
    expect(await rewindsOf(two)).toMatchObject([{ acknowledgedBy: "operator:a" }]);
  });

  it("is listed as a whole also by one that was opened from a file before it was lost", async () => {
    const { one, server } = await twoInstances();
    await put(one, [tenantPut("kept")]);
    await server.remember();
    await eventually("it is back", () => isUp(one));
    await put(one, [tenantPut("lost")]);
    const { snapshot } = one;
    await one.close();
    const kept = { snapshot, confirmedAtMs: 0, signingSecrets: [], endedSessions: [], readMs: 0 };
    const late = openRegistryFromFile(optionsFor(database.url, { pollIntervalMs: 50 }), kept, 0);
    database.onEnd(() => late.close());
    await eventually("it has met the database", () => isUp(late));
    await server.failOver();
    await eventually("it has gone back", () => late.snapshot.revision === 1);
    await eventually("the alarm is told", () => openRewinds(late) === 1);
    const mine = (await rewindsOf(late)).filter(({ isComplete }) => isComplete);
    expect(mine).toMatchObject([{ keptRevision: 1, lostRevision: 2, changes: [{ revision: 2 }] }]);
  });

  it("can be mended by proposing what was lost: what was changed since stays, and each is told why", async () => {
    const { one, two, server } = await twoInstances();
    await put(one, [tenantPut("kept")]);
    await server.remember();
    await eventually("both are back", () => isUp(one) && isUp(two));
    const imported = sampleModule("mod-a-1.0.0");
    await put(one, [{ kind: "module.added", module: imported }]);
    await put(one, [tenantPut("kept", "a name")]);
    await put(one, [tenantPut("x")]);
    await put(one, [tenantPut("north", "the older")]);
    await two.reached(5, 10_000);
    await server.failOver();
    await eventually("both have gone back", () => one.snapshot.revision === 1 && two.snapshot.revision === 1);
    await put(two, [tenantPut("north", "the newer")]);
    await eventually("it is told", () => openRewinds(one) === 1);

    const id = (await rewindsOf(one))[0]?.id ?? "";
    const proposer = { actor: "operator:a", requestId: "4711", internalModule };
    expect(await proposeLost(one, id, proposer)).toMatchObject({ ok: true });
    const changes = (await rewindsOf(one))[0]?.changes ?? [];
    expect(changes.map(({ outcome, because }) => [outcome, because])).toEqual([
      ["proposed", null],
      ["proposed", null],
      ["proposed", null],
      ["refused", "tenant north was changed since: revision 2 by open-mode"],
    ]);
    expect(one.snapshot.modules.get("mod-a-1.0.0")?.source).toBe(imported.source);
    expect(one.snapshot.tenants.get("kept")?.name).toBe("a name");
    expect(one.snapshot.tenants.get("north")?.name).toBe("the newer");
    const audit = await audited();
    expect(audit).toContainEqual({ actor: "operator:a for open-mode", request_id: "4711" });

    const before = one.snapshot.revision;
    await proposeLost(two, id, proposer);
    await eventually("both are level", () => two.snapshot.revision === one.snapshot.revision);
    expect(two.snapshot.revision).toBe(before);
  });

  it("is not proposed where the log no longer says what was changed since", async () => {
    const { registry } = await database.open();
    for (const id of ["kept", "north", "south"]) await put(registry, [tenantPut(id)]);
    await registry.transaction((client) =>
      recordRewind(client, {
        lostHistory: randomUUID(),
        lostRevision: 2,
        loss: { keptRevision: 1, isComplete: true, changes: [storedChange(2)] },
        modules: new Map(),
        noticedBy: "",
        serverBefore: null,
      }),
    );
    const id = (await rewindsOf(registry))[0]?.id ?? "";
    await registry.transaction((client) => acknowledgeRewind(client, id, "operator:a"));
    await database.query(
      `update octavo.change_cut set revision = c.revision, hash = c.hash from octavo.change c where c.revision = 2;
       delete from octavo.change where revision <= 2`,
    );
    const proposer = { actor: "operator:a", requestId: null, internalModule };
    expect(await proposeLost(registry, id, proposer)).toMatchObject({ ok: true });
    expect(registry.snapshot.revision).toBe(3);
    expect((await rewindsOf(registry))[0]?.changes).toMatchObject([
      { outcome: "refused", because: expect.stringContaining("the log no longer has") },
    ]);
  });

  it("is reported by a later instance too where it knows of more, and the alarm comes back", async () => {
    const { one, two, server } = await twoInstances();
    await put(one, [tenantPut("kept")]);
    await two.reached(1, 10_000);
    await server.remember();
    await eventually("both are back", () => isUp(one) && isUp(two));
    await put(one, [tenantPut("lost")]);
    await server.failOver();
    await eventually("it is told", () => openRewinds(one) === 1);
    const [found] = await rewindsOf(one);
    await one.transaction((client) => acknowledgeRewind(client, found?.id ?? "", "operator:a"));
    // As one that was cut off while the first reported, and had applied more.
    await one.transaction((client) =>
      recordRewind(client, {
        lostHistory: found?.lostHistory ?? "",
        lostRevision: 9,
        loss: { keptRevision: 1, isComplete: true, changes: [storedChange(9)] },
        modules: new Map(),
        noticedBy: "",
        serverBefore: null,
      }),
    );
    expect(await rewindsOf(one)).toMatchObject([
      { lostRevision: 9, acknowledgedAt: null, changes: [{ revision: 2 }, { revision: 9 }] },
    ]);
  });
});

const secretVariable = {
  kind: "env.put",
  entry: { name: "PASSWORD", value: "secret", description: null, required: null },
} as const;

function storedChange(revision: number) {
  const names = { actor: "a", action: "b", target: "c", previousHash: "", hash: "" };
  return {
    revision,
    writeId: randomUUID(),
    at: new Date(0).toISOString(),
    mustUnderstand: true,
    ops: [],
    ...names,
  };
}

async function twoInstances() {
  const server = await failingOver(database.url);
  database.onEnd(() => server.close());
  const { registry: one } = await database.open({ pollIntervalMs: 50 });
  const { registry: two } = await database.open({ pollIntervalMs: 50 });
  return { one, two, server };
}

function isUp(registry: Registry): boolean {
  return registry.contact.isUp && registry.instances().length === 2;
}

function openRewinds(registry: Registry): number {
  return registry.signs.openRewinds;
}

async function rewindsOf(registry: Registry): Promise<readonly StoredRewind[]> {
  const read = await registry.read((client) => readRewinds(client));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

async function audited(): Promise<readonly unknown[]> {
  const { registry } = await database.open({ isListening: false });
  const read = await registry.read(async (client) => {
    const { rows } = await client.query<{ actor: string }>("select actor, request_id from octavo.audit");
    return rows;
  });
  if (!read.ok) throw new Error(intentOf("").action);
  return read.value;
}
