import { createHmac, sign as signBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import attacks from "../testdata/attacks.json" with { type: "json" };
import { accessClaims } from "./issue-claims.ts";
import type { TokenType } from "./claims.ts";
import { typOf } from "./claims.ts";
import { createSigningKey, verifyWith } from "./signing-key.ts";
import type { SigningKey } from "./signing-key.ts";
import { signToken } from "./sign-token.ts";
import { CALLER_TYPES, verifyToken } from "./verify-token.ts";

/** One line of attacks.json: a good access token, with these changes. A null takes a member away. */
interface Attack {
  readonly attack: string;
  readonly refused: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly headerText?: string;
  readonly payloadText?: string;
  readonly payloadHex?: string;
  readonly payloadPatch?: readonly string[];
  readonly sign?: string;
  readonly edit?: string;
  readonly token?: string;
  readonly types?: readonly string[];
}

const now = 1_700_000_000_000;
const [own, stranger, ofOther, retired] = [1, 2, 3, 4].map((seed) =>
  createSigningKey(Buffer.alloc(32, seed)),
) as [SigningKey, SigningKey, SigningKey, SigningKey]; // as: four in, four out
const keys = new Map(
  [
    { key: own, tenantId: null },
    { key: ofOther, tenantId: "other" },
  ].map(({ key, tenantId }) => {
    const made = verifyWith(key.kid, key.x, tenantId);
    if (made === null) throw new Error("a fresh key verifies");
    return [key.kid, made] as const;
  }),
);
const expected = { issuer: "https://octavo.example", types: CALLER_TYPES, tenantId: "diku", nowMs: now };
const goodClaims = {
  type: "access",
  tenant: "diku",
  sub: "ann",
  user_id: "7e9c",
  user_epoch: 2,
  sid: "s1",
  iat: 1_700_000_000,
  exp: 1_700_000_600,
  iss: "https://octavo.example",
  jti: "t1",
  epoch: 3,
};

describe("a token that is good", () => {
  const good = accessClaims(
    {
      issuer: "https://octavo.example",
      tenantId: "diku",
      epoch: 3,
      nowMs: now,
      tokenId: "t1",
      lifeMs: 600_000,
    },
    { userId: "7e9c", username: "ann", userEpoch: 2 },
    "s1",
  );

  it("is accepted, and says what was signed", () => {
    expect(verifyToken(signToken(good, own), keys, expected)).toEqual({ ok: true, value: good });
  });

  it("is accepted until the second in which it expires, and from 60 seconds before it was issued", () => {
    const at = (ms: number) => verifyToken(signToken(good, own), keys, { ...expected, nowMs: now + ms }).ok;
    expect([at(-60_001), at(-60_000), at(0), at(599_999), at(600_000)]).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it("is built by the attacks' recipe too, so that each attack fails by its change alone", () => {
    expect(verifyToken(forge({ attack: "none", refused: "" }), keys, expected)).toEqual({
      ok: true,
      value: good,
    });
  });

  it("may come for whatever tenant where none is named", () => {
    const token = signToken({ ...good, tenant: "other" }, own);
    expect(verifyToken(token, keys, { ...expected, tenantId: null }).ok).toBe(true);
    const ofTenant = signToken({ ...good, tenant: "other" }, ofOther);
    expect(verifyToken(ofTenant, keys, { ...expected, tenantId: null }).ok).toBe(true);
  });
});

describe("an attack is refused for what it is", () => {
  // as: the JSON's type is a union of its lines' shapes
  it.each(attacks as readonly Attack[])("$attack", (attack) => {
    const types = (attack.types ?? expected.types) as readonly TokenType[]; // as: the table names types
    expect(verifyToken(forge(attack), keys, { ...expected, types })).toMatchObject({
      ok: false,
      error: { kind: attack.refused },
    });
  });

  it("with a sentence on one line that does not repeat long input", () => {
    // as: see above
    const sentences = (attacks as readonly Attack[])
      .map((attack) => verifyToken(forge(attack), keys, expected))
      .map((verified) => (verified.ok ? "no error for an accepted one" : verified.error.message));
    expect(sentences.filter((sentence) => !/^[^\r\n]{5,200}$/.test(sentence))).toEqual([]);
  });
});

describe("each type of token", () => {
  it("has a typ of its own", () => {
    expect(new Set(Object.values(typOf)).size).toBe(Object.keys(typOf).length);
  });
});

function forge(attack: Attack): string {
  if (attack.token !== undefined) return filled(attack.token);
  const key = attack.sign === "tenant" ? ofOther : attack.sign === "retired" ? retired : own;
  const typ = typOf.access;
  const header =
    attack.headerText ?? JSON.stringify(changed({ alg: "EdDSA", typ, kid: key.kid }, attack.header));
  let payload = attack.payloadText ?? JSON.stringify(changed(goodClaims, attack.claims));
  const [from, to] = attack.payloadPatch ?? [];
  if (from !== undefined && to !== undefined) payload = payload.replace(from, to);
  const body =
    attack.payloadHex === undefined ? Buffer.from(filled(payload)) : Buffer.from(attack.payloadHex, "hex");
  const input = `${Buffer.from(filled(header)).toString("base64url")}.${body.toString("base64url")}`;
  const signature = signatureOf(input, attack.sign ?? "own", key);
  return edited(`${input}.${signature.toString("base64url")}`, attack.edit ?? null);
}

function signatureOf(input: string, by: string, key: SigningKey): Buffer {
  const hmac = (secret: string | Buffer) => createHmac("sha256", secret).update(input).digest();
  switch (by) {
    case "own":
    case "tenant":
    case "retired":
      return signBytes(null, Buffer.from(input), key.privateKey);
    case "stranger":
      return signBytes(null, Buffer.from(input), stranger.privateKey);
    case "hmac-x":
      return hmac(Buffer.from(own.x, "base64url"));
    case "hmac-pem":
      return hmac(own.publicKey.export({ format: "pem", type: "spki" }));
    case "hmac-empty":
      return hmac("");
    case "zero":
      return Buffer.alloc(64);
    case "empty":
      return Buffer.alloc(0);
    default:
      throw new Error(`no way to sign: ${by}`);
  }
}

function edited(token: string, edit: string | null): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  const signed = (changed: Buffer) => `${header}.${payload}.${changed.toString("base64url")}`;
  switch (edit) {
    case null:
      return token;
    case "cut-signature":
      return signed(bytes.subarray(0, 63));
    case "long-signature":
      return signed(Buffer.concat([bytes, Buffer.from([0])]));
    case "flip-signature":
      return signed(Buffer.from(bytes.map((byte, at) => (at === 10 ? byte ^ 1 : byte))));
    case "malleable":
      return signed(Buffer.concat([bytes.subarray(0, 32), plusOrder(bytes.subarray(32))]));
    case "flip-payload":
      return `${header}.${payload.slice(0, 20)}${payload[20] === "A" ? "B" : "A"}${payload.slice(21)}.${signature}`;
    case "swap-payload":
      return `${header}.${Buffer.from(JSON.stringify({ ...goodClaims, sub: "bob" })).toString("base64url")}.${signature}`;
    case "swap-header": {
      const other = { alg: "EdDSA", typ: typOf.module, kid: own.kid };
      return `${Buffer.from(JSON.stringify(other)).toString("base64url")}.${payload}.${signature}`;
    }
    case "two-segments":
      return `${header}.${payload}`;
    case "extra-segment":
      return `${token}.e30`;
    case "five-segments":
      return `${token}.e30.e30`;
    case "pad-signature":
      return `${token}==`;
    case "pad-header":
      return `${header}=.${payload}.${signature}`;
    case "spare-bits": {
      // 64 bytes are 85 characters and one of which four bits are to spare.
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const last = alphabet.indexOf(signature.at(-1) ?? "");
      return `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last + 1] ?? ""}`;
    }
    case "plus":
      return `${header}.${payload}.+${signature.slice(1)}`;
    case "space-before":
      return ` ${token}`;
    case "newline-after":
      return `${token}\n`;
    case "nul":
      return `${header}.${payload}.${signature.slice(0, 10)}\0${signature.slice(11)}`;
    case "json":
      return JSON.stringify({ protected: header, payload, signature });
    default:
      throw new Error(`no such edit: ${edit}`);
  }
}

/** S + L, little endian: the other number that stands for the same point where a verifier does not compare with L. */
function plusOrder(s: Buffer): Buffer {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const sum = BigInt(`0x${Buffer.from(s.toReversed()).toString("hex")}`) + order;
  return Buffer.from(Buffer.from(sum.toString(16).padStart(64, "0"), "hex").toReversed());
}

function changed(base: object, changes: Readonly<Record<string, unknown>> = {}): object {
  return Object.fromEntries(Object.entries({ ...base, ...changes }).filter(([, value]) => value !== null));
}

function filled(text: string): string {
  return text
    .replaceAll("$kid", own.kid)
    .replaceAll("$tenantKid", ofOther.kid)
    .replaceAll("$strangerX", stranger.x)
    .replaceAll("$long", "n".repeat(7000))
    .replaceAll("$dots", ".".repeat(9000));
}
