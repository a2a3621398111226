import { startAuthModule, testToken } from "@octavo/testing/okapi-modules/auth-module";
import type { RunningModule } from "@octavo/testing/okapi-modules/http-module";
import { type MirrorModule, startMirrorModule } from "@octavo/testing/okapi-modules/mirror-module";
import { startTestModule } from "@octavo/testing/okapi-modules/test-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnswerCase, complaintsAbout } from "./answer-case.ts";
import { call } from "./call.ts";
import { authModule, filtering, handling } from "./descriptors.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** A tenant with an auth filter of its own, from sign-in to a module's own calls. Facts of ProxyTest.testProxy, with
 * Okapi's auth module for tests. */

let platform: Platform;
const modules: Record<"auth" | "sample" | "sample2", RunningModule> = Object.create(null) as never; // filled by beforeAll
/** Stands for an auth filter whose every word is looked at. */
let strictAuth: MirrorModule;
let target: MirrorModule;

const entry = {
  path: "/testb",
  level: "30",
  modulePermissions: ["sample.modperm"],
  permissionsRequired: ["sample.needed"],
  permissionsDesired: ["sample.extra"],
};

beforeAll(async () => {
  modules.auth = await startAuthModule();
  modules.sample = await startTestModule("hej");
  modules.sample2 = await startTestModule("hej");
  target = await startMirrorModule();
  strictAuth = await startMirrorModule((request) => ({
    status: 202,
    headers: {
      "X-Okapi-Module-Tokens": JSON.stringify({ _: "default-token", "watched-1.0.0": "module-token" }),
      "X-Okapi-User-Id": "the-user",
      "X-Okapi-Permissions": '["held"]',
      "X-From-Auth": "yes",
      "X-Okapi-Tenant": "forged",
      "X-Okapi-Url": "http://forged",
      ...(request.headers["x-answer-garbage"] === undefined ? {} : { "X-Okapi-Module-Tokens": "garbage" }),
    },
  }));
  platform = await startPlatform(2);
  await platform.tenant("roskilde", [
    {
      descriptor: authModule("auth-1.0.0", "request-response", { permissionsDesired: ["auth.extra"] }),
      url: modules.auth.url,
    },
    {
      descriptor: handling("sample-module-1.0.0", [entry, { path: "/recurse", methods: ["GET"] }]),
      url: modules.sample.url,
    },
  ]);
  await platform.tenant("watched", [
    {
      descriptor: filtering("auth-w-1.0.0", [{ path: "/", phase: "auth", type: "headers" }]),
      url: strictAuth.url,
    },
    {
      descriptor: filtering("pre-w-1.0.0", [
        { pathPattern: "/filtered", phase: "pre", type: "request-only", permissionsRequired: ["pre.needed"] },
      ]),
      url: target.url,
    },
    {
      descriptor: handling("watched-1.0.0", [
        {
          pathPattern: "/watched/{id}",
          permissionsRequired: ["a", "b"],
          permissionsDesired: ["c"],
          modulePermissions: ["m1", "m2"],
        },
        { pathPattern: "/plain" },
        { pathPattern: "/empty", modulePermissions: [] },
        {
          pathPattern: "/tenants/{tenantId}/x",
          permissionsRequired: ["platform"],
          permissionsRequiredTenant: ["own"],
        },
        { pathPattern: "/filtered", permissionsRequired: ["f"] },
      ]),
      url: target.url,
    },
    { descriptor: handling("other-1.0.0", [{ pathPattern: "/other" }]), url: target.url },
  ]);
  await platform.tenant("sets", [
    {
      descriptor: filtering("auth-s-1.0.0", [{ path: "/", phase: "auth", type: "headers" }]),
      url: strictAuth.url,
    },
    {
      descriptor: {
        ...handling("permissions-1.0.0", [
          { pathPattern: "/granted", methods: ["GET", "POST"], modulePermissions: ["m1"] },
        ]),
        provides: [
          { id: "_tenantPermissions", version: "2.0", interfaceType: "system", handlers: [] },
          ...handling("permissions-1.0.0", [
            { pathPattern: "/granted", methods: ["GET", "POST"], modulePermissions: ["m1"] },
          ]).provides,
        ],
      } as { readonly id: string },
      url: target.url,
    },
  ]);
});
afterAll(async () => {
  await platform.close();
  for (const module of [modules.auth, modules.sample, modules.sample2, strictAuth, target])
    await module.close();
});

async function signIn(user: string, permissions?: readonly string[]): Promise<string> {
  const body = JSON.stringify({
    tenant: "roskilde",
    username: user,
    password: `${user}-password`,
    permissions,
  });
  const [url = ""] = platform.urls;
  const headers = { ...roskilde, "Content-Type": "application/json" };
  const answer = await call(url, { method: "POST", path: "/authn/login", headers, body });
  return answer.headers["x-okapi-token"] ?? "";
}

const roskilde = { "X-Okapi-Tenant": "roskilde" };

describe("a tenant with an auth filter", () => {
  const signInBody = (password: string) =>
    JSON.stringify({ tenant: "roskilde", username: "peter", password });
  const cases: readonly AnswerCase[] = [
    {
      claim: "refuses a wrong password",
      method: "POST",
      path: "/authn/login",
      headers: roskilde,
      body: signInBody("x"),
      status: 401,
      text: "Wrong username or password",
    },
    {
      claim: "signs in, and the client gets the token",
      method: "POST",
      path: "/authn/login",
      headers: roskilde,
      body: signInBody("peter-password"),
      status: 200,
      has: { "X-Okapi-Token": /^dummyJwt\./, "X-Okapi-Module-Tokens": null },
    },
    {
      claim: "refuses a call without a token, in the filter's words",
      path: "/testb",
      headers: roskilde,
      status: 401,
      text: "Permissions required: sample.needed",
    },
    {
      claim: "says 404 to an unknown path without asking the filter",
      path: "/something.we.do.not.have",
      headers: roskilde,
      status: 404,
      text: "No suitable module found for path and tenant",
    },
    {
      claim: "refuses a token that is none, in the filter's words",
      path: "/testb",
      headers: { ...roskilde, "X-Okapi-Token": "bad token" },
      status: 400,
      text: "Auth.check: Bad JWT",
    },
    {
      claim: "refuses a bad second token",
      path: "/testb",
      headers: {
        ...roskilde,
        "X-Okapi-Token": testToken({ sub: "a", tenant: "roskilde" }),
        "X-Okapi-Additional-Token": "bad",
      },
      status: 400,
      text: "Bad additonal token: bad",
    },
    {
      claim: "takes a good second token",
      path: "/testb",
      headers: {
        ...roskilde,
        "X-Okapi-Token": testToken({ sub: "a", tenant: "roskilde" }),
        "X-Okapi-Additional-Token": "dummyJwt",
      },
      status: 200,
    },
    {
      claim: "refuses a method that only the filter has",
      method: "DELETE",
      path: "/TESTB",
      headers: roskilde,
      status: 404,
    },
  ];
  it.each(cases)("$claim", async (wanted) => {
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });

  it("tells the handler who calls and what he may, and gives it a token of its own", async () => {
    const token = await signIn("peter");
    const headers = { ...roskilde, "X-Okapi-Token": token, "X-all-headers": "HB" };
    for (const url of platform.urls) {
      const answer = await call(url, { path: "/testb?query=foo&limit=10", headers });
      expect(answer.text).toMatch(/^It works/);
      expect(answer.headers).toMatchObject({
        "x-okapi-url": url,
        "x-okapi-user-id": "peter",
        "x-url-params": "query=foo&limit=10",
        "x-auth-permissions-required": "sample.needed",
        "x-okapi-permissions": expect.stringMatching(/^(?=.*sample\.extra)(?=.*auth\.extra)/) as string,
      });
      expect(answer.headers["x-okapi-token"] ?? "").not.toBe(token);
      expect(answer.text).not.toContain(token);
      expect(answer.text).toContain(" X-Okapi-Token:dummyJwt.");
      expect(answer.text.toLowerCase()).not.toMatch(
        /x-okapi-filter|x-okapi-permissions-required|x-okapi-module-/,
      );
    }
  });

  it("answers a posted body by way of the filter", async () => {
    const headers = {
      ...roskilde,
      "X-Okapi-Token": await signIn("peter"),
      "Content-Type": "text/plain",
      Accept: "text/xml",
    };
    const wanted = {
      claim: "",
      method: "POST",
      path: "/testb?query=foo",
      headers,
      body: "Okapi",
      status: 200,
      text: "<test>hej Okapi</test>",
    };
    expect(await complaintsAbout(platform.urls, { ...wanted, has: { "Content-Type": "text/xml" } })).toEqual(
      [],
    );
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]); // and again, from memory
  });

  it("refuses whom the filter refuses, each time", async () => {
    const headers = { ...roskilde, "X-Okapi-Token": await signIn("hans", ["sample.bad"]) };
    const wanted = {
      claim: "",
      path: "/testb",
      headers,
      status: 403,
      text: "Call requires permission sample.needed",
    };
    const refusal = { ...wanted, has: { "X-Okapi-Module-Tokens": null } };
    expect(await complaintsAbout(platform.urls, refusal)).toEqual([]);
    expect(await complaintsAbout(platform.urls, refusal)).toEqual([]);
  });

  it("lets a module call back with what it was given", async () => {
    const headers = { ...roskilde, "X-Okapi-Token": await signIn("peter") };
    const wanted = {
      claim: "",
      path: "/recurse?depth=5",
      headers,
      status: 200,
      text: "5 4 3 2 1 Recursion done",
    };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

const watched = { "X-Okapi-Tenant": "watched" };

function seenFrom(count: number, module: MirrorModule) {
  return module.seen.slice(count);
}

describe("an auth filter", () => {
  const told: readonly (readonly [path: string, token: boolean, headers: Record<string, string | null>])[] = [
    [
      "/watched/1",
      true,
      {
        "x-okapi-permissions-required": "a,b",
        "x-okapi-permissions-desired": "c",
        "x-okapi-module-permissions": '{"watched-1.0.0":["m1","m2"]}',
      },
    ],
    [
      "/plain",
      true,
      {
        "x-okapi-permissions-required": null,
        "x-okapi-permissions-desired": null,
        "x-okapi-module-permissions": "{}",
      },
    ],
    [
      "/empty",
      true,
      { "x-okapi-module-permissions": '{"empty":null}'.replace('"empty":null', '"watched-1.0.0":[]') },
    ],
    ["/tenants/watched/x", true, { "x-okapi-permissions-required": "own" }],
    ["/tenants/other/x", true, { "x-okapi-permissions-required": "platform" }],
    ["/tenants/watched/x", false, { "x-okapi-permissions-required": "platform" }],
    ["/filtered", true, { "x-okapi-permissions-required": "pre.needed,f" }],
    [
      "/other",
      true,
      { "x-okapi-filter": "auth /", "x-okapi-match-path-pattern": null, "x-okapi-user-id": null },
    ],
  ];
  it.each(told)("is told about %s (with a token: %s) what it needs: %o", async (path, hasToken, headers) => {
    for (const [number, url] of platform.urls.entries()) {
      const before = strictAuth.seen.length;
      // A token of its own for each call: nothing may be remembered.
      const token = testToken({ sub: `${path}${number}${String(hasToken)}`, tenant: "watched" });
      const answer = await call(url, {
        path,
        headers: { ...watched, ...(hasToken ? { "X-Okapi-Token": token } : {}) },
      });
      expect(answer.status).toBe(200);
      const [seen, ...more] = seenFrom(before, strictAuth);
      expect(more).toEqual([]);
      for (const [name, value] of Object.entries(headers)) {
        expect({ [name]: seen?.headers[name] ?? null }).toEqual({ [name]: value });
      }
      expect(seen?.headers["x-okapi-token"] ?? null).toBe(hasToken ? token : null);
    }
  });

  it("gets no body, and the handler gets all of it", async () => {
    const [url = ""] = platform.urls;
    const before = strictAuth.seen.length;
    const answer = await call(url, { method: "POST", path: "/plain", headers: watched, body: "all of it" });
    expect(JSON.parse(answer.text)).toMatchObject({ body: "all of it" });
    expect(seenFrom(before, strictAuth)).toMatchObject([{ method: "POST", body: "" }]);
  });

  it("decides on its own headers and on who calls, and on nothing else", async () => {
    const [url = ""] = platform.urls;
    const answer = await call(url, { path: "/watched/1", headers: watched });
    const { headers } = JSON.parse(answer.text) as { headers: Record<string, string> }; // what the mirror answers
    expect(headers).toMatchObject({
      "x-okapi-user-id": "the-user",
      "x-okapi-permissions": '["held"]',
      "x-okapi-token": "module-token",
      "x-from-auth": "yes",
      "x-okapi-tenant": "watched",
      "x-okapi-url": url,
    });
    for (const name of ["x-okapi-filter", "x-okapi-module-tokens", "x-okapi-module-permissions"]) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it("gives modules that it does not name the default token", async () => {
    const [url = ""] = platform.urls;
    const answer = await call(url, { path: "/other", headers: watched });
    expect(JSON.parse(answer.text)).toMatchObject({ headers: { "x-okapi-token": "default-token" } });
  });

  it("is asked once for a token and a route, then remembered", async () => {
    const [url = ""] = platform.urls;
    const headers = { ...watched, "X-Okapi-Token": testToken({ sub: "again", tenant: "watched" }) };
    const before = strictAuth.seen.length;
    const answers = [];
    for (const id of [1, 2, 3]) answers.push(await call(url, { path: `/watched/${id}`, headers }));
    expect(seenFrom(before, strictAuth)).toHaveLength(1);
    for (const { text } of answers) {
      expect(JSON.parse(text)).toMatchObject({
        headers: {
          "x-okapi-token": "module-token",
          "x-okapi-user-id": "the-user",
          "x-okapi-permissions": '["held"]',
        },
      });
    }
    await call(url, { method: "POST", path: "/watched/1", headers, body: "" });
    await call(url, { path: "/plain", headers });
    expect(seenFrom(before, strictAuth)).toHaveLength(3);
  });

  it("is asked each time without a token, and with a second one", async () => {
    const [url = ""] = platform.urls;
    const token = testToken({ sub: "second", tenant: "watched" });
    const before = strictAuth.seen.length;
    for (let times = 0; times < 2; times++) {
      await call(url, { path: "/watched/1", headers: watched });
      const more = { "X-Okapi-Token": token, "X-Okapi-Additional-Token": "more" };
      const answer = await call(url, { path: "/watched/1", headers: { ...watched, ...more } });
      expect(answer.text).not.toContain("x-okapi-additional-token");
    }
    const seen = seenFrom(before, strictAuth);
    expect(seen.map(({ headers }) => headers["x-okapi-additional-token"] ?? null)).toEqual([
      null,
      "more",
      null,
      "more",
    ]);
  });

  it("is asked again when the tenant's modules change", async () => {
    const [url = ""] = platform.urls;
    const headers = { ...watched, "X-Okapi-Token": testToken({ sub: "change", tenant: "watched" }) };
    const before = strictAuth.seen.length;
    await call(url, { path: "/watched/1", headers });
    await platform.enable("watched", [
      { descriptor: handling("newer-1.0.0", [{ pathPattern: "/newer" }]), url: target.url },
    ]);
    await call(url, { path: "/watched/1", headers });
    expect(seenFrom(before, strictAuth)).toHaveLength(2);
  });

  it("that answers what nobody can read stops the request", async () => {
    const wanted = {
      claim: "",
      path: "/watched/1",
      headers: { ...watched, "X-Answer-Garbage": "yes" },
      status: 502,
    };
    const text = "The answer of auth-w-1.0.0 cannot be used: X-Okapi-Module-Tokens is not a JSON object";
    expect(await complaintsAbout(platform.urls, { ...wanted, text })).toEqual([]);
  });

  it("gets the name of the generated set where the permission module takes such", async () => {
    const [url = ""] = platform.urls;
    await call(url, { path: "/granted", headers: { "X-Okapi-Tenant": "sets" } });
    expect(strictAuth.seen.at(-1)?.headers["x-okapi-module-permissions"]).toBe(
      '{"permissions-1.0.0":["SYS#permissions-1.0.0#/granted#[GET, POST]"]}',
    );
  });
});
