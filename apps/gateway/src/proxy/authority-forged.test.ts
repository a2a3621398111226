import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTenantWorld, type TenantWorld, type Tokens } from "../testing/tenant-world.ts";

/** Attacks with tokens that nobody signed, or signed for something else (reliability.md 6, rows 7 to 9, 12, 13, 18). Each is
 * tried at both gateways; the module must never hear of it. */
let world: TenantWorld;
let tokens: Tokens;
let publicKey: { readonly kid: string; readonly x: string };

beforeAll(async () => {
  world = await startTenantWorld(2, { env: { OCTAVO_CORS_ORIGINS: "https://library.example" } });
  tokens = await world.signIn("ann");
  const { text } = await world.call(1, "GET", "/_/octavo/keys");
  const { keys } = JSON.parse(text) as { keys: { kid: string; x: string }[] }; // KeySet of the API
  publicKey = keys[0] ?? { kid: "", x: "" };
});
afterAll(() => world.close());

type Json = Readonly<Record<string, unknown>>;

function parts(token: string): { header: Json; payload: Json; signature: string } {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const decoded = (segment: string) => JSON.parse(Buffer.from(segment, "base64url").toString("utf8")) as Json; // our own tokens: objects
  return { header: decoded(header), payload: decoded(payload), signature };
}

function encoded(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** The token with another payload or header, and the signature that it had. */
function altered(change: { header?: Json; payload?: Json }): string {
  const { header, payload, signature } = parts(tokens.accessToken);
  return `${encoded({ ...header, ...change.header })}.${encoded({ ...payload, ...change.payload })}.${signature}`;
}

const own = generateKeyPairSync("ed25519");

function signedBy(key: KeyObject, header: Json = {}, payload: Json = {}): string {
  const real = parts(tokens.accessToken);
  const input = `${encoded({ ...real.header, ...header })}.${encoded({ ...real.payload, ...payload })}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString("base64url")}`;
}

function hmacWithPublicKey(): string {
  const real = parts(tokens.accessToken);
  const input = `${encoded({ ...real.header, alg: "HS256" })}.${encoded(real.payload)}`;
  const key = Buffer.from(publicKey.x, "base64url");
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

const jwk = own.publicKey.export({ format: "jwk" }) as unknown as Json; // plain JSON, whatever its interface is called

const forgeries: readonly (readonly [what: string, token: () => string])[] = [
  ["another user", () => altered({ payload: { user_id: "bob" } })],
  ["another type", () => altered({ payload: { type: "system", act: { sub: "operator:x" } } })],
  ["permissions of its own", () => altered({ payload: { extra_permissions: ["echo.inner"] } })],
  ["a later end", () => altered({ payload: { exp: 9_999_999_999 } })],
  ["a later epoch", () => altered({ payload: { epoch: 99, user_epoch: 99 } })],
  ["alg none and no signature", () => altered({ header: { alg: "none" } }).replace(/[^.]*$/, "")],
  ["alg none and the old signature", () => altered({ header: { alg: "none" } })],
  ["HMAC with the public key", hmacWithPublicKey],
  ["a key of its own under our name", () => signedBy(own.privateKey)],
  ["a key of its own under a name of its own", () => signedBy(own.privateKey, { kid: "mine" })],
  ["a key that it brings along", () => signedBy(own.privateKey, { kid: "mine", jwk })],
  ["a key from an address", () => signedBy(own.privateKey, { jku: "http://127.0.0.1/keys" })],
  ["a kid that is a path", () => signedBy(own.privateKey, { kid: "../../dev/null" })],
  ["no kid", () => altered({ header: { kid: null } })],
  ["another typ", () => altered({ header: { typ: "JWT" } })],
  ["a signature of zeros", () => tokens.accessToken.replace(/[^.]*$/, "A".repeat(86))],
  ["a signature that is cut off", () => tokens.accessToken.slice(0, -4)],
  ["something behind the signature", () => `${tokens.accessToken}AAAA`],
  ["a fourth segment", () => `${tokens.accessToken}.e30`],
  ["two segments", () => tokens.accessToken.replace(/\.[^.]*$/, "")],
  ["the refresh token", () => tokens.refreshToken],
  [
    "a foreign token",
    () => signedBy(own.privateKey, { kid: "theirs", typ: "JWT" }, { iss: "https://sign-in.example" }),
  ],
  ["a text", () => "let-me-in-please-I-am-the-administrator"],
  ["an operator's token with another secret", () => `oct_op_env_${"A".repeat(43)}`],
  ["a token of 9 KiB", () => `${"A".repeat(9000)}.${"A".repeat(100)}.${"A".repeat(86)}`],
];

describe("the true token", () => {
  it("is let in at both gateways", async () => {
    for (const at of [0, 1]) {
      expect((await world.as(tokens.accessToken, at, "GET", "/echo")).status).toBe(200);
    }
  });
});

describe("a forged token", () => {
  it.each(forgeries)("with %s is refused with 401 and one sentence", async (_what, forge) => {
    const before = world.echo.calls.length;
    for (const at of [0, 1]) {
      for (const path of ["/echo", "/echo-open"]) {
        const answered = await world.as(forge(), at, "GET", path);
        expect([answered.status, answered.text]).toEqual([401, "Invalid token"]);
      }
    }
    expect(world.echo.calls.length).toBe(before);
  });

  it("is refused in every one of its bytes", async () => {
    const token = tokens.accessToken;
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const wrong: string[] = [];
    for (let at = 0; at < token.length; at += 1) {
      const letter = token[at] ?? "";
      // One bit of six; the last letter of a segment may carry unused bits, which must be zero.
      const other = letter === "." ? "A" : (letters[letters.indexOf(letter) ^ 1] ?? "");
      const answered = await world.as(
        token.slice(0, at) + other + token.slice(at + 1),
        at % 2,
        "GET",
        "/echo",
      );
      if (answered.status === 200) wrong.push(`byte ${at}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ["management", "/_/octavo/operators"],
    ["any token", "/_/version"],
  ])("is no credential for the management API either: %s", async (_what, path) => {
    for (const [, forge] of forgeries) {
      expect((await world.call(0, "GET", path, { "X-Okapi-Token": forge() })).status).toBe(401);
    }
  });
});

describe("a token of one tenant", () => {
  it("is refused for another one that the header names", async () => {
    for (const at of [0, 1]) {
      const answered = await world.as(tokens.accessToken, at, "GET", "/echo-open", {
        "X-Okapi-Tenant": "north",
      });
      expect(answered.status).toBe(400);
      expect(answered.text).toMatch(/^The token is of tenant diku, the request of tenant north/);
    }
  });

  it("is refused with another tenant's name in it", async () => {
    const forged = altered({ payload: { tenant: "north" } });
    const answered = await world.call(0, "GET", "/echo-open", { "X-Okapi-Token": forged });
    expect([answered.status, answered.text]).toEqual([401, "Invalid token"]);
  });

  it("selects its tenant where no header does", async () => {
    const answered = await world.call(1, "GET", "/echo", { "X-Okapi-Token": tokens.accessToken });
    expect(answered.status).toBe(200);
    expect(JSON.parse(answered.text)).toMatchObject({ "x-okapi-tenant": "diku" });
  });

  it("is refused beside another token", async () => {
    const other = await world.signIn("bob");
    const both = { Authorization: `Bearer ${other.accessToken}` };
    expect((await world.as(tokens.accessToken, 0, "GET", "/echo", both)).status).toBe(400);
  });

  it("counts on no path of another tenant in the management API, and on its own by permission", async () => {
    const asUser = { "X-Okapi-Token": tokens.accessToken };
    const modules = (tenant: string) => world.call(0, "GET", `/_/proxy/tenants/${tenant}/modules`, asUser);
    expect((await modules("diku")).status).toBe(200);
    expect((await modules("north")).status).toBe(403);
    expect((await world.call(0, "GET", "/_/version", asUser)).status).toBe(200);
    expect((await world.call(0, "GET", "/_/proxy/modules", asUser)).status).toBe(403);
    expect((await world.call(0, "POST", "/_/proxy/tenants", asUser, { id: "mine" })).status).toBe(403);
  });
});

describe("what a client says of itself", () => {
  it("is not what the module hears", async () => {
    const claimed = {
      "X-Okapi-User-Id": "the-administrator",
      "X-Okapi-Permissions": '["echo.inner"]',
      "X-Okapi-Extra-Permissions": "echo.inner",
      "X-Okapi-Module-Permissions": '{"mod-echo-1.0.0":["echo.inner"]}',
      "X-Okapi-Module-Tokens": '{"_":"forged"}',
    };
    const answered = await world.as(tokens.accessToken, 0, "GET", "/echo", claimed);
    expect(JSON.parse(answered.text)).toMatchObject({
      "x-okapi-user-id": "ann",
      "x-okapi-permissions": '["echo.get"]',
    });
    expect(answered.text).not.toMatch(/administrator|forged|echo\.inner/);
    expect((await world.as(tokens.accessToken, 0, "GET", "/echo-inner", claimed)).status).toBe(403);
  });
});

describe("a token in a cookie", () => {
  const post = (headers: Readonly<Record<string, string>>) => {
    const cookie = { Cookie: `folioAccessToken=${tokens.accessToken}` };
    return world.as(null, 0, "POST", "/echo", { ...cookie, ...headers });
  };

  it.each([
    ["a page of another site", { Origin: "https://evil.example" }],
    [
      "a page of another site, as new browsers say it",
      { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
    ],
    ["a neighbour's page", { Origin: "https://evil.library.example", "Sec-Fetch-Site": "same-site" }],
    ["a page without an origin", { Origin: "null" }],
    ["a form without an origin", { "Sec-Fetch-Site": "cross-site" }],
  ])("is refused in a call that changes something and comes from %s", async (_what, headers) => {
    const before = world.echo.calls.length;
    expect((await post(headers)).status).toBe(403);
    expect(world.echo.calls.length).toBe(before);
  });

  it("is good from the gateway's own site, a listed one, a program, and for reading", async () => {
    const { host } = new URL(world.gateways[0]?.gateway.url ?? "");
    expect((await post({ Origin: `http://${host}` })).status).toBe(200);
    expect((await post({ Origin: `http://${host}`, "Sec-Fetch-Site": "same-origin" })).status).toBe(200);
    const listed = { Origin: "https://library.example", "Sec-Fetch-Site": "cross-site" };
    expect((await post(listed)).status).toBe(200);
    expect((await post({})).status).toBe(200);
    const reading = { Cookie: `folioAccessToken=${tokens.accessToken}`, Origin: "https://evil.example" };
    const read = await world.as(null, 0, "GET", "/echo", reading);
    expect(read.status).toBe(200);
    // The page that asked may not read it.
    expect(read.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a module's token", () => {
  it("brings its bearer no further than its entry and the user's own permissions", async () => {
    const minted = await world.tokenOfModule(tokens.accessToken, "/echo-minted");
    expect((await world.as(minted, 1, "GET", "/echo-inner")).status).toBe(200);
    expect((await world.as(minted, 1, "GET", "/echo-last")).status).toBe(403);
    for (const path of ["/token", "/token/sign", "/refreshtoken", "/token/refresh"]) {
      const answered = await world.as(minted, 1, "POST", path);
      expect(answered.status).toBe(401);
      expect(answered.text).toMatch(/^Missing required module-level permissions for endpoint/);
    }
  });

  it("signs nothing for a user who himself holds the permission to sign", async () => {
    world.users.users.set("clever", {
      active: true,
      permissions: ["auth.token.sign.post", "auth.signtoken"],
    });
    const clever = await world.signIn("clever");
    const body = { payload: { sub: "root", user_id: "root" } };
    for (const token of [
      clever.accessToken,
      await world.tokenOfModule(clever.accessToken, "/echo-minted"),
      null,
    ]) {
      const headers = { "X-Okapi-Tenant": "diku", ...(token === null ? {} : { "X-Okapi-Token": token }) };
      expect((await world.call(0, "POST", "/token/sign", headers, body)).status).toBe(401);
    }
    const asOperator = { "X-Okapi-Tenant": "diku", "X-Okapi-Token": world.operatorToken };
    expect((await world.call(0, "POST", "/token/sign", asOperator, body)).status).toBe(401);
  });

  it("of one module that signs makes tokens for nobody of another tenant", async () => {
    const signing = await world.tokenOfModule(tokens.accessToken, "/login-told");
    const headers = { "X-Okapi-Tenant": "north", "X-Okapi-Token": signing };
    const body = { payload: { sub: "root", user_id: "root" } };
    expect((await world.call(0, "POST", "/token/sign", headers, body)).status).toBe(400);
  });
});

describe("a token for pushes of changed users", () => {
  const asked = (token: string | null, tenant = "diku") =>
    world.call(0, "POST", "/token/identity-pushes", {
      "X-Okapi-Tenant": tenant,
      ...(token !== null && { "X-Okapi-Token": token }),
    });
  const told = (token: string, body: Json) =>
    world.call(1, "POST", "/_/octavo/identity/invalidations", { "X-Okapi-Token": token }, body);

  it("is given to a module that provides users or permissions, and to nobody else", async () => {
    const ofUsers = await world.tokenOfModule(tokens.accessToken, "/users-told");
    expect((await asked(ofUsers)).status).toBe(201);
    expect((await asked(ofUsers, "north")).status).toBe(400);
    const ofEcho = await world.tokenOfModule(tokens.accessToken, "/echo-minted");
    for (const token of [ofEcho, tokens.accessToken, world.operatorToken]) {
      expect((await asked(token)).status).toBe(403);
    }
    expect((await asked(null)).status).toBe(403);
  });

  it("says who has changed, in its tenant, and opens nothing besides: no route, no further token", async () => {
    const ofUsers = await world.tokenOfModule(tokens.accessToken, "/users-told");
    const { token } = JSON.parse((await asked(ofUsers)).text) as { readonly token: string }; // as: that is its body
    expect((await told(token, { changed: ["ann"] })).status).toBe(204);
    expect((await told(token, { tenantId: "north", changed: ["ann"] })).status).toBe(403);
    expect((await told(token, { everybody: "ended" })).status).toBe(403);
    for (const path of ["/echo", "/echo-open", "/echo-public", "/echo-minted", "/users-told", "/users/ann"]) {
      expect([path, (await world.as(token, 1, "GET", path)).status]).toEqual([path, 403]);
    }
    for (const path of ["/token", "/token/sign", "/refreshtoken", "/token/identity-pushes"]) {
      expect([401, 403]).toContain((await world.as(token, 0, "POST", path)).status);
    }
    expect((await world.as(token, 0, "POST", "/token/invalidate-all")).status).toBe(401);
    for (const path of [
      "/_/proxy/tenants/diku/modules",
      "/_/proxy/tenants/diku/timers",
      "/_/octavo/instances",
    ]) {
      expect([path, (await world.as(token, 0, "GET", path)).status]).toEqual([path, 403]);
    }
  });
});
