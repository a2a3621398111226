import { printCompact } from "@octavo/json";
import {
  accessClaims,
  anonymousClaims,
  createSigningKey,
  type Issuing,
  refreshClaims,
  signToken,
  type SigningKey,
  systemClaims,
} from "@octavo/tokens";
import { describe, expect, it } from "vitest";
import { type Caller, headerOf } from "./caller.ts";
import { GatewayKeys } from "./gateway-keys.ts";
import { Refusal } from "./refusal.ts";
import { trustToken } from "./trust-token.ts";

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const key = createSigningKey(new Uint8Array(32).fill(1));
const nextKey = createSigningKey(new Uint8Array(32).fill(2));
const by: Issuing = {
  issuer: "octavo",
  tenantId: "north",
  epoch: 0,
  nowMs: NOW_MS,
  tokenId: "t1",
  lifeMs: HOUR_MS,
};
const user = { userId: "u1", username: "ada", userEpoch: 0 };
const access = (more: Partial<Issuing> = {}, signed = key) =>
  signToken(accessClaims({ ...by, ...more }, user, "s1"), signed);
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A gateway whose key set can change and be away, and a clock that stands. */
function gateway() {
  const state = { keys: [key] as SigningKey[] | null, reads: 0, elapsedMs: 0 };
  const read = async (): Promise<string> => {
    state.reads++;
    if (state.keys === null) throw new Error("nobody answers");
    const members = state.keys.map(
      ({ kid, x }) =>
        new Map([
          ["kty", "OKP"],
          ["kid", kid],
          ["x", x],
        ]),
    );
    return printCompact(new Map([["keys", [new Map([["kty", "RSA"]]), ...members]]]));
  };
  const keys = new GatewayKeys({ place: "http://gateway/keys", read, elapsedMs: () => state.elapsedMs, log });
  return { state, keys, trust: trustToken(keys, () => NOW_MS) };
}

function statusOf(judged: Caller | Refusal): number {
  return judged instanceof Refusal ? judged.status : 200;
}

describe("a caller is who his token says", () => {
  it.each<[string, Record<string, string>, object]>([
    ["a user", { "x-okapi-token": access() }, { tenantId: "north", userId: "u1" }],
    [
      "headers that say the same",
      { "x-okapi-token": access(), "x-okapi-tenant": "north", "x-okapi-user-id": "u1" },
      { userId: "u1" },
    ],
    ["nobody", { "x-okapi-token": signToken(anonymousClaims(by), key) }, { tenantId: "north", userId: null }],
    ["the platform", { "x-okapi-token": signToken(systemClaims(by, "timer:a", []), key) }, { userId: null }],
    ["a clock ahead of ours", { "x-okapi-token": access({ nowMs: NOW_MS + 240_000 }) }, { userId: "u1" }],
    [
      "a clock behind ours",
      { "x-okapi-token": access({ nowMs: NOW_MS - HOUR_MS - 240_000 }) },
      { userId: "u1" },
    ],
    [
      "permissions that it asked for",
      { "x-okapi-token": access(), "x-okapi-permissions": '["a",1]' },
      { permissions: new Set(["a"]) },
    ],
  ])("%s", async (_of, headers, caller) => {
    const token = headerOf(headers, "x-okapi-token");
    expect(await gateway().trust.callerOf(headers)).toEqual(expect.objectContaining({ ...caller, token }));
  });

  const forged = access().replace(
    /\.[^.]+\./u,
    `.${Buffer.from('{"tenant":"south"}').toString("base64url")}.`,
  );
  it.each<[string, Record<string, string>, number, string]>([
    ["no token", { "x-okapi-tenant": "north" }, 401, "missing"],
    [
      "another tenant in the header",
      { "x-okapi-token": access(), "x-okapi-tenant": "south" },
      400,
      "X-Okapi-Tenant",
    ],
    [
      "another user in the header",
      { "x-okapi-token": access(), "x-okapi-user-id": "u2" },
      400,
      "X-Okapi-User-Id",
    ],
    [
      "a user for nobody",
      { "x-okapi-token": signToken(anonymousClaims(by), key), "x-okapi-user-id": "u1" },
      400,
      "User-Id",
    ],
    ["a forged payload", { "x-okapi-token": forged }, 401, "not valid"],
    ["an unknown key", { "x-okapi-token": access({}, nextKey) }, 401, "not valid"],
    ["another issuer", { "x-okapi-token": access({ issuer: "else" }) }, 401, "not valid"],
    [
      "a refresh token",
      { "x-okapi-token": signToken(refreshClaims(by, user, family), key) },
      401,
      "not valid",
    ],
    ["an expired one", { "x-okapi-token": access({ nowMs: NOW_MS - HOUR_MS - 301_000 }) }, 401, "expired"],
    ["one from the future", { "x-okapi-token": access({ nowMs: NOW_MS + 420_000 }) }, 401, "not valid"],
  ])("%s is refused", async (_of, headers, status, sentence) => {
    const judged = await gateway().trust.callerOf(headers);
    expect(statusOf(judged)).toBe(status);
    expect(judged).toMatchObject({ message: expect.stringContaining(sentence) as unknown });
  });
});

const family = { familyId: "s1", generation: 1, issuedAt: NOW_MS, expiresAt: NOW_MS + HOUR_MS };

describe("the gateway's key set", () => {
  it("is looked for again when a key is not known, but not for each forged token", async () => {
    const { state, trust } = gateway();
    const next = { "x-okapi-token": access({}, nextKey) };
    expect(statusOf(await trust.callerOf({ "x-okapi-token": access() }))).toBe(200);
    expect(state.reads).toBe(1);
    expect(statusOf(await trust.callerOf(next))).toBe(401);
    state.keys = [key, nextKey];
    expect(statusOf(await trust.callerOf(next))).toBe(401);
    expect(state.reads).toBe(1);
    state.elapsedMs += 10_000;
    expect(statusOf(await trust.callerOf(next))).toBe(200);
    expect(state.reads).toBe(2);
  });

  it("counts on while the gateway is away; before it was ever read, nobody is judged", async () => {
    const { state, keys, trust } = gateway();
    state.keys = null;
    expect(await trust.callerOf({ "x-okapi-token": access() })).toMatchObject({ status: 503 });
    expect(trust.problem()).toContain("could not be read yet from http://gateway/keys");
    state.keys = [key];
    state.elapsedMs += 10_000;
    await keys.refresh();
    expect(trust.problem()).toBeNull();
    state.keys = null;
    state.elapsedMs += 1_000_000;
    expect(statusOf(await trust.callerOf({ "x-okapi-token": access({ tokenId: "t2" }) }))).toBe(200);
  });
});
