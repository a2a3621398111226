import type { Operator } from "@octavo/registry";
import { err, ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { findCaller } from "./find-caller.ts";
import { hashToken, newOperatorToken } from "./operator-token.ts";

const operator = (id: string, token: string, roles = ["viewer"]): Operator => ({
  id,
  name: id,
  roles,
  tokenHash: hashToken(token),
  createdAt: "2026-01-01T00:00:00.000Z",
});
const first = newOperatorToken("first");
const second = newOperatorToken("second");
const fromEnvironment = "any text of thirty-two characters".replaceAll(" ", "-");
const operators = new Map(
  [
    operator("first", first, ["admin"]),
    operator("second", second),
    operator("env", fromEnvironment, ["admin"]),
  ].map((each) => [each.id, each] as const),
);
const find = (token: string | null, authorization: string | null = null) =>
  findCaller({ token, authorization }, operators, "closed");
const invalid = ok({ kind: "invalid-credential", because: expect.stringMatching(/^Invalid Token/) });

describe("a caller of the management API", () => {
  it.each([
    ["X-Okapi-Token", first, null],
    ["Authorization with Bearer", null, `Bearer ${first}`],
    ["Authorization with bearer in other case", null, `bearer  ${first}`],
    ["Authorization without a scheme", null, first],
    ["both, where they agree", first, `Bearer ${first}`],
    ["one, where the other is empty", first, ""],
  ])("is the operator of the token in %s", (_where, token, authorization) => {
    expect(find(token, authorization)).toEqual(
      ok({ kind: "operator", operatorId: "first", roles: ["admin"] }),
    );
  });

  it("is anonymous without a credential", () => {
    expect(find(null)).toEqual(ok({ kind: "anonymous" }));
    expect(find("", "")).toEqual(ok({ kind: "anonymous" }));
  });

  it("may not send two different tokens, in open mode neither", () => {
    const both = { token: first, authorization: `Bearer ${second}` };
    const refused = err("Different tokens in Authentication and X-Okapi-Token. Use only one of them");
    expect(findCaller(both, operators, "closed")).toEqual(refused);
    expect(findCaller(both, operators, "open")).toEqual(refused);
  });

  it("is everybody in open mode, whatever the token", () => {
    expect(findCaller({ token: "nonsense", authorization: null }, operators, "open")).toEqual(
      ok({ kind: "open-mode" }),
    );
  });

  it("may have a token of any form where it came from the environment", () => {
    expect(find(fromEnvironment)).toMatchObject(ok({ kind: "operator", operatorId: "env" }));
  });

  it.each([
    ["of nobody", newOperatorToken("nobody")],
    ["with another's id", first.replace("oct_op_first_", "oct_op_second_")],
    ["cut off at its end", first.slice(0, -1)],
    ["with one more character", `${first}a`],
    ["in other case", first.toUpperCase()],
    ["that is the stored hash", hashToken(first)],
    ["of Basic authentication", "Basic Zmlyc3Q6"],
    ["of a tenant", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkaWt1In0.x"],
    ["that names a property of objects", "oct_op_constructor_".padEnd(80, "a")],
  ])("is refused with a token %s", (_name, token) => {
    expect(find(token)).toEqual(invalid);
  });

  it("has only roles that there are", () => {
    const odd = new Map([["first", operator("first", first, ["viewer", "root", "admin "])]]);
    expect(findCaller({ token: first, authorization: null }, odd, "closed")).toMatchObject(
      ok({ roles: ["viewer"] }),
    );
  });

  it("is refused where the stored hash is damaged", () => {
    const damaged = new Map([["first", { ...operator("first", first), tokenHash: "" }]]);
    expect(findCaller({ token: first, authorization: null }, damaged, "closed")).toEqual(invalid);
  });
});

describe("an operator's token", () => {
  it("has 256 random bits behind its id", () => {
    expect(first).toMatch(/^oct_op_first_[A-Za-z0-9_-]{43}$/);
    expect(newOperatorToken("first")).not.toBe(first);
  });
});
