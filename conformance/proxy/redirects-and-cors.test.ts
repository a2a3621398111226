import { testToken } from "@octavo/testing/okapi-modules/auth-module";
import { startHeaderModule } from "@octavo/testing/okapi-modules/header-module";
import type { RunningModule } from "@octavo/testing/okapi-modules/http-module";
import { type MirrorModule, startMirrorModule } from "@octavo/testing/okapi-modules/mirror-module";
import { startTestModule } from "@octavo/testing/okapi-modules/test-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnswerCase, complaintsAbout } from "./answer-case.ts";
import { call } from "./call.ts";
import { filtering, handling } from "./descriptors.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** Redirects, /_/invoke/tenant and CORS. Facts of ProxyTest.testRedirect and testDelegateCORS. */

let platform: Platform;
let sample: RunningModule;
let headerModule: RunningModule;
let mirror: MirrorModule;

function redirect(path: string, redirectPath: string, level: string) {
  return { path, redirectPath, level, type: "redirect" };
}

beforeAll(async () => {
  sample = await startTestModule();
  headerModule = await startHeaderModule();
  mirror = await startMirrorModule(({ method }) =>
    method === "OPTIONS"
      ? {
          status: 204,
          headers: { "Access-Control-Allow-Origin": "localhost", "Access-Control-Allow-Methods": "POST" },
          body: "",
        }
      : { headers: { "Access-Control-Allow-Origin": "localhost" } },
  );
  platform = await startPlatform(2);
  await platform.tenant("roskilde", [
    {
      descriptor: handling("sample-module-1.0.0", [
        { path: "/testb", level: "50" },
        { path: "/testr", level: "59", permissionsDesired: ["sample.testr"] },
      ]),
      url: sample.url,
    },
    {
      descriptor: {
        ...filtering("header-module-1.0.0", [
          { path: "/testb", level: "10", type: "headers" },
          redirect("/red", "/testr", "21"),
          redirect("/badredirect", "/nonexisting", "22"),
          redirect("/simpleloop", "/simpleloop", "23"),
          redirect("/loop1", "/loop2", "24"),
          redirect("/loop2", "/loop1", "24"),
          redirect("/chain1", "/chain2", "25"),
          redirect("/chain2", "/chain3", "26"),
          redirect("/chain3", "/testr", "26"),
          redirect("/multiple", "/testr", "27"),
          redirect("/multiple", "/testr", "28"),
        ]),
      },
      url: headerModule.url,
    },
  ]);
  const handlers = [
    { pathPattern: "/regularcall" },
    { pathPattern: "/corscall", methods: ["POST", "OPTIONS"], delegateCORS: true },
    { pathPattern: "/items/{id}" },
  ];
  await platform.tenant("cors", [{ descriptor: handling("cors-1.0.0", handlers), url: mirror.url }]);
  await platform.tenant("other", [{ descriptor: handling("cors-1.0.0", handlers), url: mirror.url }]);
});
afterAll(async () => {
  await platform.close();
  for (const module of [sample, headerModule, mirror]) await module.close();
});

const roskilde = { "X-Okapi-Tenant": "roskilde" };

describe("a redirect", () => {
  const cases: readonly AnswerCase[] = [
    {
      claim: "leads to the handler of the other path",
      path: "/red",
      headers: roskilde,
      status: 200,
      text: "It works",
    },
    {
      claim: "takes parameters with it",
      path: "/red?foo=bar",
      headers: { ...roskilde, "X-all-headers": "H" },
      status: 200,
      has: { "X-Url-Params": "foo=bar" },
    },
    {
      claim: "leads on to another redirect, and on",
      path: "/chain1",
      headers: roskilde,
      status: 200,
      text: "It works",
    },
    {
      claim: "that leads nowhere says so",
      path: "/badredirect",
      headers: roskilde,
      status: 500,
      text: "Redirecting /badredirect to /nonexisting FAILED. No suitable module found",
    },
    {
      claim: "that leads to itself is a loop",
      path: "/simpleloop",
      headers: roskilde,
      status: 500,
      text: "Redirect loop:  -> /simpleloop",
    },
    { claim: "that comes back is a loop", path: "/loop1", headers: roskilde, status: 500, text: /loop:/ },
    {
      claim: "that stands twice runs the handler once",
      method: "POST",
      path: "/multiple",
      headers: { ...roskilde, "Content-Type": "application/json" },
      body: "{}",
      status: 200,
      text: "Hello {}",
    },
    {
      claim: "by prefix leads to what the prefix is replaced by, which the module does not have",
      path: "/redlight",
      headers: roskilde,
      status: 404,
      text: "not found",
    },
    {
      claim: "replaces the beginning of the path only",
      path: "/red/blue/red?color=/red",
      headers: roskilde,
      status: 404,
    },
    {
      claim: "leaves other paths alone",
      path: "/testb",
      headers: roskilde,
      status: 200,
      text: "It worksfoo",
    },
  ];
  it.each(cases)("$claim", async (wanted) => {
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

const invoked = "/_/invoke/tenant/cors";
const corsToken = testToken({ sub: "peter", tenant: "cors" });
const otherToken = testToken({ sub: "peter", tenant: "other" });
const browser = { Origin: "http://localhost" };
const preflight = { ...browser, "Access-Control-Request-Method": "POST" };

describe("a call by /_/invoke/tenant", () => {
  it("reaches the module with the tenant of the path, and what stands behind it", async () => {
    for (const url of platform.urls) {
      const answer = await call(url, {
        path: `${invoked}/items/1?x=y&z=/_/`,
        headers: { "X-Okapi-Token": corsToken },
      });
      expect(JSON.parse(answer.text)).toMatchObject({
        target: "/items/1?x=y&z=/_/",
        headers: { "x-okapi-tenant": "cors", "x-okapi-token": corsToken },
      });
    }
  });

  const cases: readonly AnswerCase[] = [
    {
      claim: "takes the same tenant in the header",
      path: `${invoked}/items/1`,
      headers: { "X-Okapi-Tenant": "cors" },
      status: 200,
    },
    {
      claim: "refuses another tenant in the header",
      path: `${invoked}/items/1`,
      headers: { "X-Okapi-Tenant": "other" },
      status: 400,
      text: "X-Okapi-Tenant and the tenant of the path must be the same",
    },
    {
      claim: "refuses another tenant's token",
      path: `${invoked}/items/1`,
      headers: { "X-Okapi-Token": otherToken },
      status: 400,
      text: "The token is of tenant other, the request of tenant cors. Use one of them",
    },
    {
      claim: "refuses a tenant that nobody knows",
      path: "/_/invoke/tenant/nobody/items/1",
      status: 400,
      text: "No such Tenant nobody",
    },
    {
      claim: "refuses the platform's own paths",
      path: `${invoked}/_/proxy/tenants`,
      status: 400,
      text: /must be a module's/,
    },
    {
      claim: "refuses to be nested",
      path: `${invoked}/_/invoke/tenant/other/items/1`,
      status: 400,
      text: /must be a module's/,
    },
    { claim: "needs a path", path: invoked, status: 400, text: /the path of a module/ },
    { claim: "needs a tenant", path: "/_/invoke/tenant//items/1", status: 400, text: /the path of a module/ },
    {
      claim: "says 404 where no module has the path",
      path: `${invoked}/unknown`,
      status: 404,
      text: "No suitable module found for path and tenant",
    },
  ];
  it.each(cases)("$claim", async (wanted) => {
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

describe("a browser of another origin", () => {
  const cases: readonly AnswerCase[] = [
    {
      claim: "is answered before its request, for every path",
      method: "OPTIONS",
      path: "/any/thing",
      headers: preflight,
      status: 204,
      has: {
        "Access-Control-Allow-Origin": "http://localhost",
        "Access-Control-Allow-Methods": "PUT,PATCH,DELETE,GET,POST",
        "Access-Control-Max-Age": "7200",
      },
    },
    {
      claim: "is answered by the platform for an ordinary handler",
      method: "OPTIONS",
      path: `${invoked}/regularcall`,
      headers: preflight,
      status: 204,
      has: {
        "Access-Control-Allow-Origin": "http://localhost",
        "Access-Control-Allow-Headers": /X-Okapi-Tenant/,
        "Access-Control-Allow-Methods": /POST/,
      },
    },
    {
      claim: "may read an ordinary answer, as the platform says",
      method: "POST",
      path: `${invoked}/regularcall`,
      headers: browser,
      body: "{}",
      status: 200,
      has: {
        "Access-Control-Allow-Origin": "http://localhost",
        "Access-Control-Expose-Headers":
          /^Location,X-Okapi-Trace,X-Okapi-Token,Authorization,X-Okapi-Request-Id/,
      },
    },
    {
      claim: "is answered by the module where the handler has delegateCORS",
      method: "OPTIONS",
      path: `${invoked}/corscall`,
      headers: preflight,
      status: 204,
      has: {
        "Access-Control-Allow-Origin": "localhost",
        "Access-Control-Allow-Headers": null,
        "Access-Control-Allow-Methods": "POST",
      },
    },
    {
      claim: "gets from such a handler just what the module says",
      method: "POST",
      path: `${invoked}/corscall?x=y`,
      headers: browser,
      body: "{}",
      status: 200,
      has: { "Access-Control-Allow-Origin": "localhost", "Access-Control-Expose-Headers": null },
    },
    {
      claim: "gets from such a handler what the platform says when the tenant is not in the path",
      method: "POST",
      path: "/corscall",
      headers: { ...browser, "X-Okapi-Tenant": "cors" },
      body: "{}",
      status: 200,
      has: { "Access-Control-Allow-Origin": "http://localhost" },
    },
    {
      claim: "may read a refusal",
      path: "/unknown",
      headers: { ...browser, "X-Okapi-Tenant": "cors" },
      status: 404,
      has: { "Access-Control-Allow-Origin": "http://localhost" },
    },
  ];
  it.each(cases)("$claim", async (wanted) => {
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});
