import { describe, expect, it } from "vitest";
import { moduleFor } from "../gateway/module-routes.ts";
import { randomly, roundRobin } from "../gateway/pick.ts";
import { flow } from "./flow.ts";
import { transcribe } from "./transcript.ts";

describe("a transcript", () => {
  const order = flow("an order and its line", async ({ call }) => {
    const { body } = await call<{ id: string }>("POST", "/orders", { body: {} });
    await call("GET", `/orders/${body.id}/lines`);
  });
  const run = (ids: readonly string[], time: string, status = 200) =>
    transcribe(order, "north", async ({ at }) => ({
      status,
      headers: {},
      body: at === 0 ? { id: ids[0], at: time } : { tenant: "north", lines: [{ order: ids[0], id: ids[1] }] },
    }));
  const [one, two, three] = ["0", "1", "2"].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

  it("is the same whatever ids and times were given, and whatever the order of keys", async () => {
    const first = await run([one ?? "", two ?? ""], "2026-01-01T10:00:00.000+00:00");
    expect(first).toEqual([
      'POST /orders -> 200 {"at":"<time>","id":"<id 1>"}',
      'GET /orders/<id 1>/lines -> 200 {"lines":[{"id":"<id 2>","order":"<id 1>"}],"tenant":"<tenant>"}',
    ]);
    expect(await run([three ?? "", one ?? ""], "2026-02-02T10:00:00Z")).toEqual(first);
  });

  it("differs where another id is meant, or another status", async () => {
    const first = await run([one ?? "", two ?? ""], "2026-01-01T10:00:00Z");
    expect(await run([one ?? "", one ?? ""], "2026-01-01T10:00:00Z")).not.toEqual(first);
    expect(await run([one ?? "", two ?? ""], "2026-01-01T10:00:00Z", 404)).not.toEqual(first);
  });

  it("of a flow that throws ends with why", async () => {
    const broken = flow("broken", async () => Promise.reject(new Error("no body")));
    expect(await transcribe(broken, "north", () => Promise.reject(new Error("not asked")))).toEqual([
      "the flow ended: no body",
    ]);
  });
});

describe("an order of instances", () => {
  it("goes round, or is drawn alike from the same seed", () => {
    const take = (pick: (count: number) => number): readonly number[] =>
      Array.from({ length: 60 }, () => pick(3));
    expect(take(roundRobin()).slice(0, 5)).toEqual([0, 1, 2, 0, 1]);
    expect(take(randomly(17))).toEqual(take(randomly(17)));
    expect(take(randomly(17))).not.toEqual(take(randomly(18)));
    expect(new Set(take(randomly(17)))).toEqual(new Set([0, 1, 2]));
  });
});

describe("a module for a request", () => {
  const handlers = (...patterns: string[]) =>
    patterns.map((pathPattern) => ({ methods: ["GET"], pathPattern }));
  const modules = [
    { id: "a-1.0.0", provides: [{ handlers: handlers("/tags", "/tags/{id}") }] },
    {
      id: "b-1.0.0",
      provides: [
        { interfaceType: "system", handlers: handlers("/_/tenant") },
        { handlers: handlers("/files/*") },
      ],
    },
  ];

  it.each([
    ["GET", "/tags", 0],
    ["GET", "/tags/1", 0],
    ["GET", "/tags/1/2", -1],
    ["POST", "/tags", -1],
    ["GET", "/files/a/b", 1],
    ["GET", "/_/tenant", -1],
  ])("%s %s", (method, path, at) => {
    expect(moduleFor(modules, method, path)).toBe(at);
  });
});
