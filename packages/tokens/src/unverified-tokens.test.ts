import { describe, expect, it } from "vitest";
import { readUnverified } from "./unverified-claims.ts";
import { UnverifiedTokens } from "./unverified-tokens.ts";

const tokenOf = (payload: object) => `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.s`;

describe("what tokens say of themselves", () => {
  it("is what reading says, the first time and later", () => {
    const tokens = new UnverifiedTokens(2);
    const texts = [
      tokenOf({ tenant: "diku" }),
      tokenOf({ tenant: "north", user_id: "u" }),
      "nonsense",
      "a.b.c",
      "",
    ];
    for (const text of [...texts, ...texts]) expect(tokens.read(text)).toEqual(readUnverified(text));
  });

  it("is of the very token, also where another one ends alike", () => {
    const tokens = new UnverifiedTokens(10);
    const [ours, theirs] = ["diku", "north"].map((tenant) => `${tokenOf({ tenant })}${"s".repeat(40)}`);
    for (const text of [ours, theirs, ours, theirs]) {
      expect(tokens.read(text ?? "")).toEqual(readUnverified(text ?? ""));
      expect(tokens.kept(text ?? "")).toBe(text);
    }
  });

  it("is kept for as many as it may, and not for what is very long", () => {
    const tokens = new UnverifiedTokens(2);
    const [first, second, third] = [tokenOf({ n: 1 }), tokenOf({ n: 2 }), tokenOf({ n: 3 })];
    const kept = tokens.read(first);
    expect(tokens.read(first)).toBe(kept);
    tokens.read(second);
    expect(tokens.read(first)).toBe(kept);
    tokens.read(third);
    expect(tokens.read(first)).not.toBe(kept);
    const long = tokenOf({ padding: "x".repeat(5000) });
    expect(tokens.read(long)).not.toBe(tokens.read(long));
  });
});
