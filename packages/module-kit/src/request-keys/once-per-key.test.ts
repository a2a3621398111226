import { type Transaction, sql } from "@octavo/database";
import { expand } from "@octavo/migrations";
import { err, ok } from "@octavo/result";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { Refusal } from "../http/refusal.ts";
import { keyedWrite, type KeyedCall } from "./keyed-write.ts";
import { oncePerKey, requestFingerprint } from "./once-per-key.ts";
import { requestKeySteps } from "./request-key-steps.ts";

let kit: KitDatabases;
beforeAll(async () => {
  const effects = expand("effect", "create table effect (name text)");
  kit = await kitDatabases(["north", "south"], [...requestKeySteps, effects]);
});
afterAll(() => kit.close());

const tx = <T>(work: (tx: Transaction) => Promise<T>, tenantId = "north"): Promise<T> =>
  kit.database.tx({ tenantId, work: "foreground" }, work);
const request = (key: string, body: unknown = { a: 1 }) => ({
  key,
  fingerprint: requestFingerprint("POST /tags", body),
});
/** A write whose answer can be told from another one's. */
const write = async (tx: Transaction, name: string) => {
  await tx.run(sql`insert into effect (name) values (${name})`);
  const made = await tx.row<{ n: number }>(sql`select count(*)::int as n from effect where name = ${name}`);
  return { status: 201, body: { name, nth: made?.n ?? 0 }, headers: { location: `/tags/${name}` } };
};
const effects = async (name: string, tenantId = "north"): Promise<number> =>
  (await tx((tx) => tx.rows(sql`select name from effect where name = ${name}`), tenantId)).length;

describe("a request with a key", () => {
  it("has its effect once; repeated, it gets the answer that was given, also by another tenant's key of the same name", async () => {
    const ask = (tenantId?: string) =>
      tx((tx) => oncePerKey(tx, request("first"), () => write(tx, "first")), tenantId);
    const first = await ask();
    expect(first).toMatchObject({ ok: true, value: { isRepeated: false, answer: { status: 201 } } });
    expect(await ask()).toEqual(ok({ answer: first.ok && first.value.answer, isRepeated: true }));
    expect(JSON.stringify(await ask())).toBe(
      JSON.stringify(ok({ answer: first.ok && first.value.answer, isRepeated: true })),
    );
    expect(await effects("first")).toBe(1);
    expect(await ask("south")).toMatchObject({ value: { isRepeated: false } });
  });

  it("is refused when the key was another request's", async () => {
    await tx((tx) => oncePerKey(tx, request("other"), () => write(tx, "other")));
    const again = await tx((tx) => oncePerKey(tx, request("other", { a: 2 }), () => write(tx, "other")));
    expect(again).toEqual(err({ kind: "other-request", key: "other" }));
    expect(await effects("other")).toBe(1);
  });

  it("is refused while the same is under way, and told the answer afterwards", async () => {
    const begun = Promise.withResolvers<null>();
    const goOn = Promise.withResolvers<null>();
    const first = tx((tx) =>
      oncePerKey(tx, request("slow"), async () => {
        const answer = await write(tx, "slow");
        begun.resolve(null);
        await goOn.promise;
        return answer;
      }),
    );
    await begun.promise;
    const ask = () => tx((tx) => oncePerKey(tx, request("slow"), () => write(tx, "slow")));
    expect(await ask()).toEqual(err({ kind: "in-flight", key: "slow" }));
    goOn.resolve(null);
    const { answer } = (await first).ok
      ? ((await first) as { value: { answer: unknown } }).value
      : { answer: null };
    expect(await ask()).toEqual(ok({ answer, isRepeated: true }));
    expect(await effects("slow")).toBe(1);
  });

  it("that failed may be tried again with the same key", async () => {
    const failing = tx((tx) =>
      oncePerKey(tx, request("failed"), async () => {
        await write(tx, "failed");
        throw new Error("no");
      }),
    );
    await expect(failing).rejects.toThrow("no");
    const again = await tx((tx) => oncePerKey(tx, request("failed"), () => write(tx, "failed")));
    expect(again).toMatchObject({ value: { isRepeated: false } });
    expect(await effects("failed")).toBe(1);
  });

  it("of which many come at once has its effect once", async () => {
    const ask = () => tx((tx) => oncePerKey(tx, request("rush"), () => write(tx, "rush")));
    const asked = await Promise.all(Array.from({ length: 20 }, ask));
    expect(await effects("rush")).toBe(1);
    const given = asked.flatMap((each) => (each.ok ? [each.value.answer.body.nth] : []));
    expect(new Set(given)).toEqual(new Set([1]));
    expect(asked.every((each) => each.ok || each.error.kind === "in-flight")).toBe(true);
  });

  it("is forgotten after its time", async () => {
    await tx((tx) => oncePerKey(tx, request("old"), () => write(tx, "old")));
    await tx((tx) => tx.run(sql`update octavo_request_key set expires_at = now() - interval '1 second'`));
    const again = await tx((tx) => oncePerKey(tx, request("old", { a: 2 }), () => write(tx, "old")));
    expect(again).toMatchObject({ value: { isRepeated: false } });
    expect(await effects("old")).toBe(2);
  });
});

describe("a route that writes by key", () => {
  const call = (key: string | undefined, userId: string | null, body: unknown = { a: 1 }): KeyedCall => {
    const context = { tenantId: "north", work: "foreground", userId } as KeyedCall["context"]; // as: the rest is not read
    return {
      params: {},
      query: undefined,
      body,
      context,
      db: { tx: (work) => kit.database.tx(context, work), read: (work) => kit.database.read(context, work) },
      headers: { "idempotency-key": key },
    };
  };
  const send = async (...of: Parameters<typeof call>): Promise<unknown> => {
    const answer = await keyedWrite(call(...of), "POST /things", (tx) => write(tx, "routed"));
    return answer instanceof Refusal ? [answer.status, answer.errors[0]?.code] : answer.body.nth;
  };

  it("does it once for each user's key, and each time without one", async () => {
    expect(await send("k", "u1")).toBe(1);
    expect(await send("k", "u1")).toBe(1);
    expect(await send("k", "u2")).toBe(2);
    expect(await send("k", null)).toBe(3);
    expect(await send(undefined, "u1")).toBe(4);
    expect(await send(undefined, "u1")).toBe(5);
  });

  it.each([
    ["another body", "k", { a: 2 }, [422, "idempotency-key-reused"]],
    ["an empty key", "", { a: 1 }, [400, "idempotency-key"]],
    ["a key that is too long", "k".repeat(256), { a: 1 }, [400, "idempotency-key"]],
  ])("refuses %s", async (_, key, body, refusal) => {
    expect(await send(key, "u1", body)).toEqual(refusal);
  });
});
