import { parseJson, printCompact } from "@octavo/json";
import { describe, expect, it } from "vitest";
import {
  mayCallTokenRoute,
  parseRefreshRequest,
  parseSignRefreshRequest,
  parseSignRequest,
  printToken,
  printTokenPair,
  tokenRoutes,
} from "./token-routes.ts";
import { accessClaims, refreshClaims } from "./issue-claims.ts";
import { createSigningKey } from "./signing-key.ts";
import { signToken } from "./sign-token.ts";

function json(text: string) {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

describe("a request to sign", () => {
  it.each([
    [
      "mod-login's",
      '{"payload":{"sub":"ann","user_id":"7e9c"}}',
      { kind: "user", username: "ann", userId: "7e9c" },
    ],
    [
      "mod-users-bl's for a link",
      '{"payload":{"sub":"ann","dummy":true,"extra_permissions":["a","b"],"type":"x"}}',
      { kind: "dummy", sub: "ann", extraPermissions: ["a", "b"] },
    ],
    [
      "one without permissions",
      '{"payload":{"sub":"x","dummy":true}}',
      { kind: "dummy", sub: "x", extraPermissions: [] },
    ],
    [
      "dummy false",
      '{"payload":{"sub":"ann","dummy":false,"user_id":"1"}}',
      { kind: "user", username: "ann", userId: "1" },
    ],
  ])("%s is read", (_claim, body, value) => {
    expect(parseSignRequest(json(body))).toEqual({ ok: true, value });
  });

  it.each([
    ["[]", "payload"],
    ["{}", "payload"],
    ['{"payload":"x"}', "payload"],
    ['{"payload":{"user_id":"1"}}', "sub"],
    ['{"payload":{"sub":""}}', "sub"],
    ['{"payload":{"sub":"ann"}}', "user_id"],
    ['{"payload":{"sub":"ann","user_id":7}}', "user_id"],
    ['{"payload":{"sub":"x","dummy":true,"extra_permissions":"a"}}', "extra_permissions"],
    ['{"payload":{"sub":"x","dummy":true,"extra_permissions":[1]}}', "extra_permissions"],
  ])("%s is refused for its %s", (body, name) => {
    expect(parseSignRequest(json(body))).toEqual({ ok: false, error: expect.stringContaining(`"${name}"`) });
  });

  it("for a refresh token is read by the schema's name and by the code's", () => {
    for (const name of ["userId", "user_id"]) {
      expect(parseSignRefreshRequest(json(`{"${name}":"1","sub":"ann"}`))).toEqual({
        ok: true,
        value: { kind: "user", username: "ann", userId: "1" },
      });
    }
    expect(parseSignRefreshRequest(json('{"sub":"ann"}')).ok).toBe(false);
    expect(parseSignRefreshRequest(json("[]")).ok).toBe(false);
  });
});

describe("a request to refresh or to invalidate", () => {
  it("holds the refresh token", () => {
    expect(parseRefreshRequest(json('{"refreshToken":"a.b.c"}'))).toEqual({ ok: true, value: "a.b.c" });
    for (const body of ["{}", "null", '{"refreshToken":7}', '{"refreshToken":""}']) {
      expect(parseRefreshRequest(json(body)).ok).toBe(false);
    }
  });
});

describe("the answer", () => {
  it("with a pair has mod-authtoken's names, and times as Java prints them", () => {
    const pair = {
      tenantId: "diku",
      accessToken: "a",
      refreshToken: "r",
      accessExpires: 1_700_000_600,
      refreshExpires: 1_700_604_800,
    };
    expect(printCompact(printTokenPair(pair))).toBe(
      '{"accessToken":"a","refreshToken":"r","accessTokenExpiration":"2023-11-14T22:23:20Z","refreshTokenExpiration":"2023-11-21T22:13:20Z","tenantId":"diku"}',
    );
  });

  it("with one token is just that", () => {
    expect(printCompact(printToken("a"))).toBe('{"token":"a"}');
  });
});

describe("a module that asks for tokens", () => {
  const routeOf = (pattern: string) => tokenRoutes.filter(({ pathPattern }) => pathPattern === pattern);

  it("needs the permission in its own token, by the name of either version", () => {
    for (const route of routeOf("/token/sign")) {
      const held = ["auth.signtoken", "auth.token.sign.post"].map(
        (each) => mayCallTokenRoute(route, new Set([each])).ok,
      );
      expect(held).toEqual([true, true]);
      expect(mayCallTokenRoute(route, new Set(["auth.signrefreshtoken"]))).toEqual({
        ok: false,
        error: "Missing required module-level permissions for endpoint '/token/sign': auth.token.sign.post",
      });
    }
  });

  it("needs none to invalidate: the refresh token is the proof", () => {
    const held = [...routeOf("/token/invalidate"), ...routeOf("/token/invalidate-all")].map(
      (route) => mayCallTokenRoute(route, new Set()).ok,
    );
    expect(held).toEqual([true, true]);
  });
});

describe("tokens that are given out twice", () => {
  const key = createSigningKey(Buffer.alloc(32, 1));
  const by = { issuer: "i", tenantId: "diku", epoch: 1, nowMs: 5000, tokenId: "t", lifeMs: 1000 };
  const ann = { userId: "1", username: "ann", userEpoch: 0 };
  const family = { familyId: "f", generation: 2, issuedAt: 4000, expiresAt: 9000 };

  it("are the same bytes for the same successor, so that a lost answer is repeated, not replaced", () => {
    const [first, again] = [1, 2].map(() => signToken(refreshClaims(by, ann, family), key));
    expect(again).toBe(first);
    expect(signToken(refreshClaims(by, ann, { ...family, generation: 3 }), key)).not.toBe(first);
  });

  it("throw where they would be longer than anybody accepts: a mistake of ours", () => {
    const long = accessClaims(by, { ...ann, username: "n".repeat(7000) }, "s");
    expect(() => signToken(long, key)).toThrow("at most 8192 bytes");
  });
});
