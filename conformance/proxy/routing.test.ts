import { type MirrorModule, startMirrorModule } from "@octavo/testing/okapi-modules/mirror-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnswerCase, complaintsAbout } from "./answer-case.ts";
import { call } from "./call.ts";
import { handling } from "./descriptors.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** Which module gets a request, and with which target. Facts of RoutingEntryTest, ModuleCacheTest, ProxyTest, ModuleTest. */

let platform: Platform;
let mirror: MirrorModule;

beforeAll(async () => {
  mirror = await startMirrorModule((request) => ({
    headers: { "X-Module": request.headers["x-okapi-match-path-pattern"] ?? "legacy" },
    body: `${request.method} ${request.target} ${request.headers["x-okapi-match-path-pattern"] ?? "legacy"}`,
  }));
  platform = await startPlatform(2);
  const { url } = mirror;
  const place = (descriptor: { readonly id: string }) => ({ descriptor, url });
  await platform.tenant("north", [
    place(
      handling("patterns-1.0.0", [
        { pathPattern: "/items" },
        { pathPattern: "/items/{id}" },
        { pathPattern: "/items/{id}/notes/{noteId}" },
        { pathPattern: "/items/special" },
        { pathPattern: "/files/*" },
        { pathPattern: "/a/*/z" },
        { pathPattern: "/x/{y}z" },
        { pathPattern: "/only-get", methods: ["GET"] },
        { pathPattern: "/any", methods: ["*"] },
        { pathPattern: "/head", methods: ["GET", "HEAD", "OPTIONS"] },
        { pathPattern: "/put", methods: ["PUT", "PATCH"] },
        { path: "/old" },
        { path: "/old/longer" },
        { pathPattern: "/typed", type: "system" },
        { pathPattern: "/_/proxy/tenants" },
        { pathPattern: "/_/version" },
      ]),
    ),
    place(handling("shadow-1.0.0", [{ pathPattern: "/items/{other}" }, { path: "/items" }])),
    place(hidden),
    place(handling("hidden-by-type-1.0.0", [{ pathPattern: "/hidden-too" }], "system")),
    place({ id: "many-a-1.0.0", ...multiple("/many") }),
    place({ id: "many-b-1.0.0", ...multiple("/many") }),
    { descriptor: handling("asleep-1.0.0", [{ pathPattern: "/asleep" }]), url: null },
  ]);
  await platform.tenant("south", [place(handling("south-only-1.0.0", [{ pathPattern: "/south" }]))]);
  await platform.tenant("empty", []);
});
afterAll(async () => {
  await platform.close();
  await mirror.close();
});

const hidden = {
  id: "hidden-1.0.0",
  provides: [
    {
      id: "_hidden",
      version: "1.0",
      handlers: [{ methods: ["GET"], pathPattern: "/hidden", permissionsRequired: [] }],
    },
  ],
};

function multiple(pathPattern: string) {
  const handlers = [{ methods: ["GET"], pathPattern, permissionsRequired: [] }];
  return { provides: [{ id: "many", version: "1.0", interfaceType: "multiple", handlers }] };
}

const north = { "X-Okapi-Tenant": "north" };
const nowhere = { status: 404, text: "No suitable module found for path and tenant" } as const;

const matching: readonly (readonly [target: string, pattern: string])[] = [
  ["/items", "/items"],
  ["/items?query=a%20b&limit=10", "/items"],
  ["/items/7", "/items/{id}"],
  ["/items/7?x=/items", "/items/{id}"],
  ["/items/special", "/items/special"],
  ["/items/specially", "/items/{id}"],
  ["/items/%C3%A9", "/items/{id}"],
  ["/items/a%20b", "/items/{id}"],
  ["/items/7/notes/8", "/items/{id}/notes/{noteId}"],
  ["/files/", "/files/*"],
  ["/files/a", "/files/*"],
  ["/files/a/b/c", "/files/*"],
  ["/a/b/z", "/a/*/z"],
  ["/a/b/c/z", "/a/*/z"],
  ["/a//z", "/a/*/z"],
  ["/old", "legacy"],
  ["/older", "legacy"],
  ["/old/any/thing?x=1", "legacy"],
  ["/items/7/unknown", "legacy"],
  ["/typed", "/typed"],
  ["/any", "/any"],
];

describe("a path that a module declares", () => {
  it.each(matching)("leads %s to %s, with the target as it came", async (path, pattern) => {
    const wanted = { claim: "", path, headers: north, status: 200, text: `GET ${path} ${pattern}` };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

const unmatched: readonly (readonly [method: string, target: string, why: string])[] = [
  ["GET", "/unknown", "nobody declares it"],
  ["GET", "/ITEMS", "paths are case sensitive"],
  ["GET", "/south", "another tenant's module does"],
  ["GET", "/files", "the pattern has a slash more"],
  ["GET", "/a/z", "a star stands between two slashes"],
  ["GET", "/x/z", "a name has one character or more"],
  ["GET", "/x/yz", "a name takes all up to the next slash"],
  ["POST", "/only-get", "it has another method"],
  ["HEAD", "/only-get", "HEAD is a method of its own, as in Okapi"],
  ["OPTIONS", "/only-get", "OPTIONS is a method of its own too"],
  ["GET", "/put", "it has another method"],
  ["GET", "/hidden", "interfaces that begin with _ are never a client's"],
  ["GET", "/hidden-too", "system interfaces are never a client's"],
  ["GET", "/many", "a multiple interface needs a module id"],
  ["GET", "/", "nobody declares it"],
];

describe("a path is no module's", () => {
  it.each(unmatched)("%s %s, when %s", async (method, path, claim) => {
    const text = method === "HEAD" ? "" : nowhere.text;
    const wanted = { claim, method, path, headers: north, status: 404, text };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

const others: readonly AnswerCase[] = [
  { claim: "is by GET where GET is declared", path: "/only-get", headers: north, status: 200 },
  {
    claim: "is by any method where * is declared",
    method: "DELETE",
    path: "/any",
    headers: north,
    status: 200,
  },
  {
    claim: "is by a method of nobody's where * is declared",
    method: "PURGE",
    path: "/any",
    headers: north,
    status: 200,
  },
  {
    claim: "is by HEAD where HEAD is declared",
    method: "HEAD",
    path: "/head",
    headers: north,
    status: 200,
    text: "",
  },
  {
    claim: "is by OPTIONS where that is declared",
    method: "OPTIONS",
    path: "/head",
    headers: north,
    status: 200,
    text: "OPTIONS /head /head",
  },
  {
    claim: "is by PUT",
    method: "PUT",
    path: "/put",
    body: "{}",
    headers: north,
    status: 200,
    text: "PUT /put /put",
  },
  {
    claim: "is by PATCH",
    method: "PATCH",
    path: "/put",
    body: "{}",
    headers: north,
    status: 200,
    text: "PATCH /put /put",
  },
  {
    claim: "goes to the module that X-Okapi-Module-Id names",
    path: "/many",
    headers: { ...north, "X-Okapi-Module-Id": "many-a-1.0.0" },
    status: 200,
    text: "GET /many /many",
  },
  {
    claim: "goes to the other one when that is named",
    path: "/many",
    headers: { ...north, "X-Okapi-Module-Id": "many-b-1.0.0" },
    status: 200,
  },
  {
    claim: "goes nowhere with the id of a module that does not have it",
    path: "/many",
    headers: { ...north, "X-Okapi-Module-Id": "patterns-1.0.0" },
    ...nowhere,
  },
  {
    claim: "goes nowhere with a module id on an ordinary interface",
    path: "/items",
    headers: { ...north, "X-Okapi-Module-Id": "patterns-1.0.0" },
    ...nowhere,
  },
  {
    claim: "is refused with two module ids",
    path: "/many",
    headers: { ...north, "X-Okapi-Module-Id": "a" },
    rawHeaders: ["x-okapi-module-id", "b"],
    status: 400,
    text: /X-Okapi-Module-Id/,
  },
  {
    claim: "says which module does not run",
    path: "/asleep",
    headers: north,
    status: 404,
    text: "No running module instance found for asleep-1.0.0",
  },
  {
    claim: "is nobody's in a tenant without modules",
    path: "/items",
    headers: { "X-Okapi-Tenant": "empty" },
    ...nowhere,
  },
  { claim: "is the supertenant's without a tenant", path: "/items", ...nowhere },
  {
    claim: "is refused in a tenant that nobody knows",
    path: "/items",
    headers: { "X-Okapi-Tenant": "nobody" },
    status: 400,
    text: "No such Tenant nobody",
  },
  {
    claim: "stays the platform's below /_/, whatever a module declares",
    path: "/_/version",
    headers: north,
    status: 200,
    text: /^\d+\.\d+\.\d+$/,
  },
  {
    claim: "stays the platform's, the list of tenants too",
    path: "/_/proxy/tenants",
    headers: north,
    status: 200,
    text: /"id" : "south"/,
  },
];

describe("a request", () => {
  it.each(others)("$claim", async (wanted) => {
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

describe("a module that is enabled later", () => {
  it("answers at every gateway, and no longer when it is disabled", async () => {
    const later = handling("later-1.0.0", [{ pathPattern: "/later" }]);
    const path = "/later";
    const before: AnswerCase = { claim: "before", path, headers: north, ...nowhere };
    expect(await complaintsAbout(platform.urls, before)).toEqual([]);
    await platform.enable("north", [{ descriptor: later, url: mirror.url }]);
    const during = { ...before, status: 200, text: "GET /later /later" };
    expect(await complaintsAbout(platform.urls, during)).toEqual([]);
    await platform.install("north", [{ id: "later-1.0.0", action: "disable" }]);
    expect(await complaintsAbout(platform.urls, before)).toEqual([]);
  });

  it("is no longer reached when its last instance leaves discovery", async () => {
    const leaving = handling("leaving-1.0.0", [{ pathPattern: "/leaving" }]);
    await platform.enable("north", [{ descriptor: leaving, url: mirror.url }]);
    const [url = ""] = platform.urls;
    expect((await call(url, { path: "/leaving", headers: north })).status).toBe(200);
    await platform.withdraw("leaving-1.0.0");
    const after = {
      claim: "after",
      path: "/leaving",
      headers: north,
      status: 404,
      text: "No running module instance found for leaving-1.0.0",
    };
    expect(await complaintsAbout(platform.urls, after)).toEqual([]);
  });
});
