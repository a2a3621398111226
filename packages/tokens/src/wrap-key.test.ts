import { createHash, sign, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSigningKey, verifyWith } from "./signing-key.ts";
import { rewrapKey, unwrapKey, wrapKey } from "./wrap-key.ts";

const octavoKey = Buffer.alloc(32, 7);
const otherKey = Buffer.alloc(32, 8);
const nonce = Buffer.alloc(12, 9);
const key = createSigningKey(Buffer.alloc(32, 1));

describe("a signing key", () => {
  it("is made of its seed alone, as RFC 8032 has it", () => {
    // RFC 8032, 7.1, test 1
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    const made = createSigningKey(seed);
    expect(Buffer.from(made.x, "base64url").toString("hex")).toBe(
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    );
    expect(sign(null, Buffer.alloc(0), made.privateKey).toString("hex")).toMatch(/^e5564300c360ac729086/);
  });

  it("is named by its thumbprint, as RFC 8037 has it", () => {
    // RFC 8037, A.3: the same key
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    expect(createSigningKey(seed).kid).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  it("verifies with what is published of it", () => {
    const signature = sign(null, Buffer.from("x"), key.privateKey);
    const published = verifyWith(key.kid, key.x, null);
    expect(published !== null && verify(null, Buffer.from("x"), published.publicKey, signature)).toBe(true);
  });

  it.each([
    ["of another name", "somebody", key.x],
    ["cut", key.kid, key.x.slice(0, -1)],
    ["padded", key.kid, `${key.x}=`],
    ["empty", key.kid, ""],
  ])("%s is not taken for it", (_claim, kid, x) => {
    expect(verifyWith(kid, x, null)).toBe(null);
  });
});

describe("a wrapped private key", () => {
  const wrapped = wrapKey(key, octavoKey, nonce);

  it("comes back whole under the OCTAVO_KEY that wrapped it, whatever seed, key and nonce", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), bytes(32), bytes(12), (seed, octavo, nonce) => {
        const made = createSigningKey(seed);
        const opened = unwrapKey(wrapKey(made, octavo, nonce), made.kid, octavo);
        expect(opened.ok && Buffer.from(opened.value.seed)).toEqual(Buffer.from(seed));
      }),
      { numRuns: 50 },
    );
  });

  it("shows nothing of itself", () => {
    expect(wrapped).not.toContain(Buffer.from(key.seed).toString("base64url").slice(0, 12));
    expect(wrapped).not.toContain(createHash("sha256").update(octavoKey).digest("base64url").slice(0, 8));
  });

  it("is refused under another OCTAVO_KEY, with what to do", () => {
    expect(unwrapKey(wrapped, key.kid, otherKey)).toEqual({
      ok: false,
      error: {
        kind: "wrong-key",
        message: `OCTAVO_KEY does not open the signing key ${key.kid}: it was wrapped by another one. Start with that one, or change it by "octavo keys rewrap"`,
      },
    });
  });

  it("is not taken for another key's, nor where any of its characters was changed", () => {
    const other = createSigningKey(Buffer.alloc(32, 2));
    expect(unwrapKey(wrapped, other.kid, octavoKey)).toMatchObject({ error: { kind: "damaged" } });
    const places = Array.from(wrapped, (_, at) => at);
    const accepted = places.filter((at) => {
      const swapped = wrapped[at] === "A" ? "B" : "A";
      return unwrapKey(wrapped.slice(0, at) + swapped + wrapped.slice(at + 1), key.kid, octavoKey).ok;
    });
    expect(accepted).toEqual([]);
  });

  it.each(["", "v1", "v1...", "v2.a.b.c", `${wrapKey(key, octavoKey, nonce)}.x`, "\0".repeat(99)])(
    "is damaged where it is %j",
    (text) => {
      expect(unwrapKey(text, key.kid, octavoKey)).toMatchObject({ error: { kind: "damaged" } });
    },
  );

  it("moves to another OCTAVO_KEY, and only by the one that opens it", () => {
    const moved = rewrapKey(wrapped, key.kid, { from: octavoKey, to: otherKey, nonce: Buffer.alloc(12, 1) });
    expect(moved.ok && unwrapKey(moved.value, key.kid, otherKey).ok).toBe(true);
    expect(moved.ok && unwrapKey(moved.value, key.kid, octavoKey)).toMatchObject({
      error: { kind: "wrong-key" },
    });
    expect(rewrapKey(wrapped, key.kid, { from: otherKey, to: octavoKey, nonce })).toMatchObject({
      error: { kind: "wrong-key" },
    });
  });
});
