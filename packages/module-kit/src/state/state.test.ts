import { sql, type Transaction } from "@octavo/database";
import { err } from "@octavo/result";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { defineState } from "./define-state.ts";
import { acquireLease } from "./lease.ts";
import { leaseSteps, stateSteps } from "./state-steps.ts";
import { sweepState } from "./sweep-state.ts";

let kit: KitDatabases;
beforeAll(async () => {
  kit = await kitDatabases(["diku", "other"], [...leaseSteps, ...stateSteps]);
});
afterAll(() => kit.close());

const tx = <T>(work: (tx: Transaction) => Promise<T>, tenantId = "diku"): Promise<T> =>
  kit.database.tx({ tenantId, work: "foreground" }, work);

const Draft = Type.Object({ title: Type.String(), turns: Type.Integer() });
const draft = (title: string, turns = 0): { title: string; turns: number } => ({ title, turns });
const space = (name: string, more: { mostEntries?: number; mostBytes?: number } = {}) =>
  defineState({ name, value: Draft, ttlSeconds: 3600, mostEntries: 1000, ...more });

/** As if the time of an entry had passed. */
const expire = (namespace: string, key: string): Promise<number> =>
  tx((tx) =>
    tx.run(
      sql`update octavo_state set expires_at = now() - interval '1 second' where namespace = ${namespace} and key = ${key}`,
    ),
  );

describe("an entry of the state store", () => {
  it("is there for whichever transaction of its tenant comes next, and for no other tenant", async () => {
    const drafts = space("plain");
    const written = await tx((tx) => drafts.put(tx, "one", draft("a"), { owner: "user" }));
    const read = await tx((tx) => drafts.get(tx, "one"));
    expect(read).toEqual({ value: draft("a"), etag: written.ok && written.value, owner: "user" });
    expect(await tx((tx) => drafts.get(tx, "one"), "other")).toBe(null);
    expect(await tx((tx) => space("plain2").get(tx, "one"))).toBe(null);
  });

  it("is not written where the transaction is not", async () => {
    const drafts = space("undone");
    const failing = tx(async (tx) => {
      await drafts.put(tx, "one", draft("a"));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await tx((tx) => drafts.get(tx, "one"))).toBe(null);
  });

  it("is written under a condition or not at all", async () => {
    const drafts = space("conditions");
    const first = await tx((tx) => drafts.put(tx, "one", draft("a"), { ifNoneMatch: true }));
    if (!first.ok) throw new Error("it was not there");
    expect(await tx((tx) => drafts.put(tx, "one", draft("b"), { ifNoneMatch: true }))).toEqual(
      err({ kind: "exists", key: "one" }),
    );
    const second = await tx((tx) => drafts.put(tx, "one", draft("c"), { ifMatch: first.value }));
    expect(second.ok).toBe(true);
    const changed = err({ kind: "changed", key: "one" });
    expect(await tx((tx) => drafts.put(tx, "one", draft("d"), { ifMatch: first.value }))).toEqual(changed);
    expect(await tx((tx) => drafts.put(tx, "one", draft("d"), { ifMatch: "no etag" }))).toEqual(changed);
    expect(await tx((tx) => drafts.delete(tx, "one", first.value))).toBe(false);
    expect((await tx((tx) => drafts.get(tx, "one")))?.value).toEqual(draft("c"));
    expect(await tx((tx) => drafts.delete(tx, "one", second.ok ? second.value : ""))).toBe(true);
    expect(await tx((tx) => drafts.get(tx, "one"))).toBe(null);
  });

  it("that has run out is not there, whether it was swept or not", async () => {
    const drafts = space("expiry");
    const first = await tx((tx) => drafts.put(tx, "one", draft("a")));
    await expire("expiry", "one");
    expect(await tx((tx) => drafts.get(tx, "one"))).toBe(null);
    expect(await tx((tx) => drafts.delete(tx, "one"))).toBe(false);
    await tx((tx) => drafts.put(tx, "one", draft("a")));
    await expire("expiry", "one");
    const late = { ifMatch: first.ok ? first.value : "" };
    expect(await tx((tx) => drafts.put(tx, "one", draft("b"), late))).toMatchObject({ ok: false });
    expect(await tx((tx) => drafts.put(tx, "one", draft("c"), { ifNoneMatch: true }))).toMatchObject({
      ok: true,
    });
  });

  it("is changed by many at once without a loss, also when none was there", async () => {
    const drafts = space("counted");
    const count = (): Promise<unknown> =>
      tx((tx) => drafts.update(tx, "one", (now) => draft("n", (now?.turns ?? 0) + 1)));
    const made = await Promise.all(Array.from({ length: 20 }, count));
    expect(made).toHaveLength(20);
    expect((await tx((tx) => drafts.get(tx, "one")))?.value.turns).toBe(20);
  });

  it("has a bound of size and of number, each tenant its own", async () => {
    const drafts = space("bounds", { mostEntries: 2, mostBytes: 40 });
    for (const key of ["one", "two"])
      expect((await tx((tx) => drafts.put(tx, key, draft("a")))).ok).toBe(true);
    const full = err({ kind: "full", namespace: "bounds", mostEntries: 2 });
    expect(await tx((tx) => drafts.put(tx, "three", draft("a")))).toEqual(full);
    expect(await tx((tx) => drafts.put(tx, "two", draft("b")))).toMatchObject({ ok: true });
    expect(await tx((tx) => drafts.put(tx, "three", draft("a")), "other")).toMatchObject({ ok: true });
    expect(await tx((tx) => drafts.put(tx, "two", draft("much too long a title for this")))).toEqual(
      err({ kind: "too-large", key: "two", sizeBytes: 52, mostBytes: 40 }),
    );
    await expire("bounds", "one");
    expect(await tx((tx) => drafts.put(tx, "three", draft("a")))).toMatchObject({ ok: true });
  });

  it("is what its namespace says, when written and when read", async () => {
    const drafts = space("shape");
    // as: what the compiler would refuse
    const wrong = { title: 1 } as unknown as { title: string; turns: number };
    await expect(tx((tx) => drafts.put(tx, "one", wrong))).rejects.toThrow("state shape: a value is not");
    await tx((tx) => drafts.put(tx, "one", draft("a")));
    const older = defineState({ name: "shape", value: Type.String(), ttlSeconds: 1, mostEntries: 1 });
    await expect(tx((tx) => older.get(tx, "one"))).rejects.toThrow("state shape: a value is not");
  });

  it("is not written under a lease that was lost", async () => {
    const drafts = space("fenced");
    const lease = await tx((tx) => acquireLease(tx, "work", "a", 60));
    if (lease === null) throw new Error("nobody has it");
    expect(await tx((tx) => drafts.put(tx, "one", draft("a"), { lease }))).toMatchObject({ ok: true });
    await tx((tx) => tx.run(sql`update octavo_lease set expires_at = now() - interval '1 second'`));
    expect(await tx((tx) => drafts.put(tx, "one", draft("b"), { lease }))).toEqual(
      err({ kind: "late", lease: "work" }),
    );
    expect((await tx((tx) => drafts.get(tx, "one")))?.value).toEqual(draft("a"));
  });

  it("is swept in batches that wait for nobody", async () => {
    const made = sql`insert into octavo_state (namespace, key, value, expires_at)
      select 'old', n::text, '1', now() - interval '1 minute' from generate_series(1, 1200) n`;
    await tx((tx) => tx.run(made), "other");
    const locked = Promise.withResolvers<null>();
    const release = Promise.withResolvers<null>();
    const holder = tx(async (tx) => {
      await tx.row(sql`select key from octavo_state where namespace = 'old' and key = '7' for update`);
      locked.resolve(null);
      await release.promise;
    }, "other");
    await locked.promise;
    const removed: number[] = [];
    do removed.push(await tx(sweepState, "other"));
    while (removed.at(-1) === 500);
    release.resolve(null);
    await holder;
    expect(removed).toEqual([500, 500, 199]);
    const left = sql`select key from octavo_state where namespace = 'old'`;
    expect(await tx((tx) => tx.rows(left), "other")).toEqual([{ key: "7" }]);
  });
});
