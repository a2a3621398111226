import { startAuthModule, testToken } from "@octavo/testing/okapi-modules/auth-module";
import { startHeaderModule } from "@octavo/testing/okapi-modules/header-module";
import type { RunningModule } from "@octavo/testing/okapi-modules/http-module";
import { type MirrorModule, startMirrorModule } from "@octavo/testing/okapi-modules/mirror-module";
import { startTestModule } from "@octavo/testing/okapi-modules/test-module";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AnswerCase, complaintsAbout } from "./answer-case.ts";
import { call } from "./call.ts";
import { authModule, filtering, handling } from "./descriptors.ts";
import { type PlacedModule, type Platform, startPlatform } from "./platform.ts";

/** Filters before and behind a handler, and every entry type. Facts of ModuleTest.testFilters and testHeader, ProxyTest.testRequestOnly,
 * testRequestResponse and testProxy. */

let platform: Platform;
let auth: RunningModule;
let sample: RunningModule;
let headerModule: RunningModule;
/** In the order in which modules were asked: "filter pre 202", one line for each. */
let steps: string[] = [];
const mirrors: Record<string, MirrorModule> = {};

/** A filter that says what it is asked to ("X-<name>-status") and writes down that it ran. */
async function watcher(
  name: string,
  answer: { readonly body?: string; readonly headers?: Record<string, string> } = {},
) {
  const mirror = await startMirrorModule(({ headers, body }) => {
    const status = Number(headers[`x-${name}-status`] ?? "200");
    steps.push(`${name} ${status}`);
    return {
      status,
      body: body === "" ? "" : body,
      ...answer,
      headers: { "X-Ran": name, ...answer.headers },
    };
  });
  mirrors[name] = mirror;
  return mirror.url;
}

/** Patterns have no dots, and names of modules no numbers. */
function pathOf(type: string): string {
  return type.replace("-1.0", "-old");
}

beforeAll(async () => {
  auth = await startAuthModule();
  sample = await startTestModule();
  headerModule = await startHeaderModule();
  platform = await startPlatform(2);
  const testb = handling("sample-1.0.0", [{ pathPattern: "/testb", permissionsRequired: ["testb.get"] }]);
  await platform.tenant("filtered", [
    { descriptor: testb, url: sample.url },
    { descriptor: authModule("auth-f-1.0.0", "headers"), url: auth.url },
    {
      descriptor: filtering("pre-f-1.0.0", [{ path: "/", phase: "pre", type: "request-only" }]),
      url: auth.url,
    },
    {
      descriptor: filtering("post-f-1.0.0", [{ path: "/", phase: "post", type: "request-only" }]),
      url: auth.url,
    },
  ]);
  const handler = await startMirrorModule((request) => {
    const status = Number(request.headers["x-handler-status"] ?? "200");
    steps.push(`handler ${status}`);
    const stop = request.headers["x-stop"];
    return {
      status,
      headers: {
        "X-Handler": "yes",
        "Content-Type": "text/plain",
        ...(stop === undefined ? {} : { "X-Okapi-Stop": stop }),
      },
      body: `handled(${request.body})`,
    };
  });
  mirrors["handler"] = handler;
  const handles = (type: string): PlacedModule => ({
    descriptor: handling(`handler-${pathOf(type)}-1.0.0`, [{ pathPattern: `/${pathOf(type)}`, type }]),
    url: handler.url,
  });
  const types = ["request-response", "request-response-1.0", "request-only", "headers", "request-log"];
  const filter = async (name: string, entry: Parameters<typeof filtering>[1][number]) => ({
    descriptor: filtering(`${name}-1.0.0`, [{ path: "/", ...entry }]),
    url: await watcher(name),
  });
  await platform.tenant("plain", types.map(handles));
  await platform.tenant("ordered", [
    ...types.map(handles),
    await filter("late", { phase: "post", type: "request-only" }),
    await filter("early", { phase: "pre", type: "request-only" }),
    await filter("very-early", { level: "05", type: "request-only" }),
    await filter("between", { level: "45", type: "headers" }),
    await filter("very-late", { level: "99", type: "headers" }),
  ]);
  await platform.tenant("rewriting", [
    ...types.map(handles),
    {
      descriptor: filtering("shout-1.0.0", [{ path: "/", phase: "pre", type: "request-response" }]),
      url: await watcher("shout", { body: "SHOUTED", headers: { "Content-Type": "text/loud" } }),
    },
    {
      descriptor: filtering("wrap-1.0.0", [
        { path: "/", phase: "post", type: "request-response", rewritePath: "/rewritten" },
      ]),
      url: await watcher("wrap", {
        body: "wrapped",
        headers: { "Content-Type": "text/wrapped", "X-Wrap": "1" },
      }),
    },
  ]);
  await platform.tenant("logged", [
    ...types.map(handles),
    await filter("log-pre", { phase: "pre", type: "request-log" }),
    await filter("log-post", { phase: "post", type: "request-log" }),
  ]);
  await platform.tenant("chained", [
    {
      descriptor: handling("header-1.0.0", [{ pathPattern: "/testb", level: "20", type: "headers" }]),
      url: headerModule.url,
    },
    {
      descriptor: filtering("sample-filter-1.0.0", [
        { pathPattern: "/testb", level: "60", type: "request-response" },
      ]),
      url: sample.url,
    },
  ]);
});
afterAll(async () => {
  await platform.close();
  for (const module of [auth, sample, headerModule, ...Object.values(mirrors)]) await module.close();
});
beforeEach(() => {
  steps = [];
});

/** Which stages ran at the first gateway, with what they answered. */
async function stepsOf(tenant: string, path: string, headers: Record<string, string> = {}, body = "body") {
  const [url = ""] = platform.urls;
  steps = [];
  const answer = await call(url, {
    method: "POST",
    path,
    headers: { "X-Okapi-Tenant": tenant, ...headers },
    body,
  });
  return { status: answer.status, text: answer.text, steps };
}

describe("filters run in the order of phase and level", () => {
  const all = ["very-early 200", "early 200", "between 200", "handler 200", "late 200", "very-late 200"];
  const orders: readonly (readonly [
    claim: string,
    headers: Record<string, string>,
    steps: readonly string[],
    status: number,
  ])[] = [
    ["when all say yes", {}, all, 200],
    [
      "and a pre filter's failure changes nothing",
      { "X-early-status": "500" },
      all.with(1, "early 500"),
      200,
    ],
    ["and a post filter's failure changes nothing", { "X-late-status": "500" }, all.with(4, "late 500"), 200],
    [
      "and a handler's failure leaves those with a phase",
      { "X-handler-status": "500" },
      ["very-early 200", "early 200", "between 200", "handler 500", "late 200"],
      500,
    ],
    [
      "and a refusal by one without a phase leaves those with a phase",
      { "X-very-early-status": "403" },
      ["very-early 403", "early 200", "late 200"],
      403,
    ],
    [
      "and a redirect is a failure too",
      { "X-handler-status": "302" },
      [...all.slice(0, 3), "handler 302", "late 200"],
      302,
    ],
    [
      "and every 2xx is a success",
      { "X-handler-status": "204", "X-early-status": "299" },
      all.with(3, "handler 204").with(1, "early 299"),
      204,
    ],
    ["and X-Okapi-Stop ends them", { "X-Stop": "enough" }, all.slice(0, 4), 200],
  ];
  it.each(orders)("%s", async (_claim, headers, wanted, status) => {
    const seen = await stepsOf("ordered", "/request-response", headers);
    expect({ steps: seen.steps, status: seen.status }).toEqual({ steps: wanted, status });
  });

  it("and the stop is told to the client", async () => {
    const [url = ""] = platform.urls;
    const headers = { "X-Okapi-Tenant": "ordered", "X-Stop": "enough" };
    expect((await call(url, { path: "/request-response", headers })).headers["x-okapi-stop"]).toBe("enough");
  });
});

describe("a handler of type", () => {
  const types: readonly (readonly [type: string, text: string, seenBody: string])[] = [
    ["request-response", "handled(hello)", "hello"],
    ["request-response-1.0", "handled(hello)", "hello"],
    ["request-only", "hello", "hello"],
    ["headers", "hello", ""],
    ["request-log", "hello", "hello"],
  ];
  it.each(types)("%s answers %s and has got %s", async (type, text, seenBody) => {
    for (const url of platform.urls) {
      const before = mirrors["handler"]?.seen.length ?? 0;
      const headers = { "X-Okapi-Tenant": "plain" };
      const answer = await call(url, { method: "POST", path: `/${pathOf(type)}`, headers, body: "hello" });
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text });
      await expect.poll(() => mirrors["handler"]?.seen.length).toBe(before + 1);
      expect(mirrors["handler"]?.seen.at(-1)?.body).toBe(seenBody);
    }
  });

  it.each(["request-response-1.0", "request-only"])("%s gets its body with its length", async (type) => {
    const [url = ""] = platform.urls;
    await call(url, {
      method: "POST",
      path: `/${pathOf(type)}`,
      headers: { "X-Okapi-Tenant": "plain" },
      body: "hello",
    });
    const seen = mirrors["handler"]?.seen.at(-1);
    expect(seen?.headers).toMatchObject({ "content-length": "5" });
    expect(seen?.headers).not.toHaveProperty("transfer-encoding");
  });

  it.each(["request-response-1.0", "request-only"])("%s refuses a body of more than 32 MiB", async (type) => {
    const body = Buffer.alloc(32 * 1024 * 1024 + 1);
    const headers = { "X-Okapi-Tenant": "plain" };
    const wanted = {
      claim: "",
      method: "POST",
      path: `/${pathOf(type)}`,
      headers,
      body,
      status: 413,
      text: /larger than 33554432 bytes/,
    };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });

  it("headers answers a failure with its own body", async () => {
    const seen = await stepsOf("plain", "/headers", { "X-handler-status": "403" });
    expect(seen).toMatchObject({ status: 403, text: "handled()" });
  });

  it("request-only that fails gives the request's body back, as in Okapi", async () => {
    expect(await stepsOf("plain", "/request-only", { "X-handler-status": "500" })).toMatchObject({
      status: 500,
      text: "body",
    });
  });
});

describe("a filter that answers", () => {
  it("changes what the handler gets, and one behind it what the client gets", async () => {
    const seen = await stepsOf("rewriting", "/request-response");
    expect(seen).toMatchObject({
      status: 200,
      text: "wrapped",
      steps: ["shout 200", "handler 200", "wrap 200"],
    });
    expect(mirrors["handler"]?.seen.at(-1)).toMatchObject({
      body: "SHOUTED",
      headers: { "content-type": "text/loud", "x-ran": "shout" },
    });
    expect(mirrors["wrap"]?.seen.at(-1)).toMatchObject({
      body: "handled(SHOUTED)",
      headers: { "content-type": "text/plain", "x-handler": "yes" },
    });
  });

  it("leaves the client the handler's status and headers", async () => {
    const [url = ""] = platform.urls;
    const headers = { "X-Okapi-Tenant": "rewriting", "X-wrap-status": "500", "X-handler-status": "201" };
    const answer = await call(url, { method: "POST", path: "/request-response", headers, body: "x" });
    expect(answer).toMatchObject({
      status: 201,
      text: "wrapped",
      headers: { "x-handler": "yes", "content-type": "text/plain" },
    });
    expect(answer.headers).not.toHaveProperty("x-wrap");
  });

  it("is told its phase and pattern, and behind the handler what that said", async () => {
    await stepsOf("rewriting", "/request-response?a=b", { "X-handler-status": "418" });
    expect(mirrors["shout"]?.seen.at(-1)?.headers).toMatchObject({ "x-okapi-filter": "pre /" });
    const seen = mirrors["wrap"]?.seen.at(-1);
    expect(seen?.headers).toMatchObject({ "x-okapi-filter": "post /", "x-okapi-handler-result": "418" });
    const told = JSON.parse(seen?.headers["x-okapi-handler-headers"] ?? "[]") as Record<string, string>[]; // one object for each
    expect(Object.assign({}, ...told)).toMatchObject({ "X-Handler": "yes", "Content-Type": "text/plain" });
    expect(mirrors["handler"]?.seen.at(-1)?.headers).not.toHaveProperty("x-okapi-filter");
  });

  it("is called with the path that its entry puts in front", async () => {
    await stepsOf("rewriting", "/request-response?a=b");
    expect(mirrors["wrap"]?.seen.at(-1)?.target).toBe("/rewritten/request-response?a=b");
    expect(mirrors["handler"]?.seen.at(-1)?.target).toBe("/request-response?a=b");
  });
});

describe("a log filter", () => {
  it.each(["request-response", "request-response-1.0", "request-only"])(
    "gets a copy of what passes it on the way to a handler of type %s, and nothing comes of its answer",
    async (type) => {
      for (const url of platform.urls) {
        const query = `?from=${new URL(url).port}`;
        const headers = { "X-Okapi-Tenant": "logged", "X-log-pre-status": "500", "X-log-post-status": "500" };
        const answer = await call(url, {
          method: "POST",
          path: `/${pathOf(type)}${query}`,
          headers,
          body: "hello",
        });
        const text = type === "request-only" ? "hello" : "handled(hello)";
        expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text });
        expect(await mirrors["log-pre"]?.sees(`/${pathOf(type)}${query}`)).toMatchObject({ body: "hello" });
        const behind = await mirrors["log-post"]?.sees(`/${pathOf(type)}${query}`);
        expect(behind).toMatchObject({ body: text, headers: { "x-okapi-handler-result": "200" } });
      }
    },
  );

  it("changes nothing where it is down", async () => {
    await platform.tenant("logdown", [
      {
        descriptor: handling("beside-log-1.0.0", [{ pathPattern: "/beside" }]),
        url: mirrors["handler"]?.url ?? "",
      },
      {
        descriptor: filtering("down-log-1.0.0", [{ path: "/", phase: "pre", type: "request-log" }]),
        url: "http://127.0.0.1:9",
      },
    ]);
    const headers = { "X-Okapi-Tenant": "logdown" };
    const wanted = {
      claim: "",
      method: "POST",
      path: "/beside",
      headers,
      body: "hello",
      status: 200,
      text: "handled(hello)",
    };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

describe("Okapi's own auth module as filter in all phases", () => {
  const tenant = { "X-Okapi-Tenant": "filtered" };
  const good = {
    ...tenant,
    "X-Okapi-Token": testToken({ sub: "hans", tenant: "filtered", permissions: ["testb.get"] }),
  };
  const bad = {
    ...tenant,
    "X-Okapi-Token": testToken({ sub: "hans", tenant: "filtered", permissions: ["testb.bad"] }),
  };
  const asked = { "X-filter-pre": "202", "X-filter-post": "203" };
  const cases: readonly AnswerCase[] = [
    {
      claim: "the handler's status stays",
      path: "/testb",
      headers: { ...good, ...asked },
      status: 200,
      text: "It works",
      has: { "X-Handler-header": "OK" },
    },
    {
      claim: "also by POST, with its body",
      method: "POST",
      path: "/testb",
      headers: { ...good, ...asked },
      body: "Testing... ",
      status: 200,
      text: "Hello Testing... ",
    },
    {
      claim: "filters see the request's own headers",
      path: "/testb",
      headers: { ...good, ...asked, "X-request-pre-error": "true", "X-request-post-error": "true" },
      status: 200,
      text: "It works",
    },
    {
      claim: "the handler's failure is the client's",
      path: "/testb",
      headers: { ...good, ...asked, "X-handler-error": "true" },
      status: 500,
      text: "It does not work",
    },
    {
      claim: "a missing permission is, in the words of the auth filter",
      method: "POST",
      path: "/testb",
      headers: { ...bad, ...asked },
      body: "Testing... ",
      status: 403,
      text: "Call requires permission testb.get",
    },
    {
      claim: "and once more, because a refusal is not remembered",
      method: "POST",
      path: "/testb",
      headers: { ...bad, ...asked },
      body: "Testing... ",
      status: 403,
      text: "Call requires permission testb.get",
    },
    {
      claim: "a bad token is refused although filters follow",
      path: "/testb",
      headers: { ...tenant, ...asked, "X-Okapi-Token": "bad token" },
      status: 400,
      text: "Auth.check: Bad JWT",
    },
    {
      claim: "a pre filter that fails is not seen",
      path: "/testb",
      headers: { ...good, "X-filter-pre-error": "true" },
      status: 200,
      text: "It works",
    },
    {
      claim: "a post filter that fails is not seen",
      path: "/testb",
      headers: { ...good, "X-filter-post-error": "true" },
      status: 200,
      text: "It works",
    },
    {
      claim: "DELETE answers 204 through all of them",
      method: "DELETE",
      path: "/testb",
      headers: { ...good, ...asked },
      status: 204,
      text: "",
    },
  ];
  it.each(cases)("$claim", async (wanted) => {
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

describe("Okapi's header module before its test module", () => {
  const chained = { "X-Okapi-Tenant": "chained" };
  const cases: readonly AnswerCase[] = [
    {
      claim: "sets a header that the next one sees",
      path: "/testb",
      headers: chained,
      status: 200,
      text: "It worksfoo",
    },
    {
      claim: "adds to one that was there",
      path: "/testb",
      headers: { ...chained, "X-my-header": "bar" },
      status: 200,
      text: "It worksbar,foo",
    },
    {
      claim: "lets the body through",
      method: "POST",
      path: "/testb",
      headers: { ...chained, "X-my-header": "bar" },
      body: "hello",
      status: 200,
      text: "Hello bar,foohello",
    },
  ];
  it.each(cases)("$claim", async (wanted) => {
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});
