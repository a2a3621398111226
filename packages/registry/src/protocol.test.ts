import { describe, expect, it } from "vitest";
import { finalizeProtocol } from "./finalize.ts";
import { openRegistry } from "./open-registry.ts";
import { outsideProtocol, thisProtocol, type Protocol } from "./protocol.ts";
import type { Registry } from "./registry.ts";
import { eventually, optionsFor, put, tenantPut } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
/** A program of the future, which has one more kind of change to write. */
const next: Protocol = { min: 1, max: 2, since: { "env.put": 2 } };
const newKind = {
  kind: "env.put",
  entry: { name: "NEW", value: "", description: null, required: null },
} as const;

describe("a rolling upgrade to a new protocol", () => {
  it("is finalized only when every live instance knows it, and before that nothing new is written", async () => {
    const { registry: old } = await database.open({ pollIntervalMs: 50 });
    const { registry: young } = await database.open({ pollIntervalMs: 50, protocol: next });
    expect(await put(young, [newKind])).toMatchObject({
      error: { kind: "not-finalized", cause: expect.stringContaining("needs protocol 2, and 1 is active") },
    });
    expect(await put(young, [tenantPut("both-know-it")])).toMatchObject({ ok: true });
    expect(await finalize(young)).toMatchObject({ ok: false, error: [{ protocol: { min: 1, max: 1 } }] });
    expect(young.signs.activeProtocol).toBe(1);

    await old.close();
    expect(await finalize(young)).toEqual({ ok: true, value: { before: 1, active: 2 } });
    expect(await put(young, [newKind])).toMatchObject({ ok: true });
    await eventually("it is seen", () => young.signs.activeProtocol === 2);
    expect(await finalize(young)).toEqual({ ok: true, value: { before: 2, active: 2 } });
    const refused = await openRegistry(optionsFor(database.url));
    expect(refused).toMatchObject({ ok: false, error: { kind: "schema-newer" } });
  });

  it("stops an instance that was overlooked, on what it had, with the reason", async () => {
    const { registry: old } = await database.open({ pollIntervalMs: 50 });
    await put(old, [tenantPut("kept")]);
    // As one that stood still for longer than its heartbeat counts.
    await database.query("update octavo.meta set value = '2' where name = 'active_protocol'");
    await eventually("it stops", () => old.contact.stoppedBecause !== null);
    expect(old.contact.stoppedBecause).toContain("use protocol 2, this program knows 1 to 1");
    expect(old.snapshot.tenants.has("kept")).toBe(true);
    expect(await put(old, [tenantPut("more")])).toMatchObject({ ok: false });
  });

  it("goes on where the active protocol is within what it knows", () => {
    expect(outsideProtocol(thisProtocol.max, thisProtocol)).toBe(null);
  });

  it.each([
    [2, { ...thisProtocol, min: 1, max: 1 }, "start the version that finalized it"],
    [1, { ...thisProtocol, min: 2, max: 3 }, "go through the version between"],
  ])("with %i active and %o is refused where that is outside", (active, protocol, remedy) => {
    expect(outsideProtocol(active, protocol)).toContain(remedy);
  });
});

async function finalize(registry: Registry) {
  const ran = await registry.transaction((client) => finalizeProtocol(client, registry.newestProtocol));
  if (!ran.ok) throw new Error(JSON.stringify(ran.error));
  return ran.value;
}
