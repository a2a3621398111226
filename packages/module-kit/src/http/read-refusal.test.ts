import { expect, it } from "vitest";
import { readRefusal } from "./read-refusal.ts";

it.each(["40P01", "40001"])(
  "a transaction that the server ended by %s was not written: 503, ask again",
  (code) => {
    const { status, errors, headers } = readRefusal(
      Object.assign(new Error("deadlock detected"), { code }),
      [],
    );
    expect([status, errors[0]?.code, headers]).toEqual([503, "database-conflict", { "retry-after": "1" }]);
  },
);

it("the character 0, which no text of PostgreSQL holds, is the client's mistake", () => {
  const { status, errors } = readRefusal(
    Object.assign(new Error("invalid byte sequence"), { code: "22021" }),
    [],
  );
  expect([status, errors[0]?.code]).toEqual([400, "character-0"]);
});

it("what nobody knows is 500, and its story is told to the log only", () => {
  const refusal = readRefusal(new Error("secret"), []);
  expect(refusal.status).toBe(500);
  expect(JSON.stringify(refusal.errors)).not.toContain("secret");
  expect(refusal.cause).toMatchObject({ message: "secret" });
});
