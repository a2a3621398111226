import { testToken } from "@octavo/testing/okapi-modules/auth-module";
import {
  type MirrorModule,
  type SeenRequest,
  startMirrorModule,
} from "@octavo/testing/okapi-modules/mirror-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnswerCase, complaintsAbout } from "./answer-case.ts";
import { type Answered, call, type Call } from "./call.ts";
import { handling } from "./descriptors.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** What a module and a client get to see of each other's heads (okapi-eureka 2.1, 2.5). Facts of ProxyTest, TokenHeaderTest. */

let platform: Platform;
let mirror: MirrorModule;

beforeAll(async () => {
  mirror = await startMirrorModule(({ headers }) => ({
    headers: JSON.parse(headers["answer-with"] ?? "{}") as Record<string, string | string[]>,
  }));
  platform = await startPlatform(2);
  const handlers = [{ pathPattern: "/mirror/{id}", methods: ["*"] }, { path: "/legacy" }];
  const modules = [{ descriptor: handling("mirror-1.0.0", handlers), url: mirror.url }];
  await platform.tenant("north", modules);
  await platform.tenant("south", modules);
});
afterAll(async () => {
  await platform.close();
  await mirror.close();
});

const northToken = testToken({ sub: "ann", tenant: "north" });
const southToken = testToken({ sub: "ann", tenant: "south" });
const north = { "X-Okapi-Tenant": "north" };

/** What the module saw, by way of each gateway. */
async function seenBy(one: Call): Promise<SeenRequest[]> {
  const seen: SeenRequest[] = [];
  for (const url of platform.urls) {
    const answer = await call(url, one);
    if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
    seen.push(JSON.parse(answer.text) as SeenRequest); // what the mirror answers
  }
  return seen;
}

describe("whose request it is", () => {
  const found: readonly (readonly [claim: string, headers: Record<string, string>])[] = [
    ["the header X-Okapi-Tenant says", north],
    ["the token says where no header does", { "X-Okapi-Token": northToken }],
    ["Authorization with Bearer says", { Authorization: `Bearer ${northToken}` }],
    ["Authorization with bearer says", { Authorization: `bearer ${northToken}` }],
    ["Authorization without a scheme says", { Authorization: northToken }],
    ["the cookie of the access token says", { Cookie: `a=b; folioAccessToken=${northToken}; c=d` }],
    ["header and token say together", { ...north, "X-Okapi-Token": northToken }],
    ["the header says beside a token that nobody can read", { ...north, "X-Okapi-Token": "a b" }],
    ["two equal tokens say", { "X-Okapi-Token": northToken, Authorization: `Bearer ${northToken}` }],
    [
      "a cookie that equals the token says",
      { "X-Okapi-Token": northToken, Cookie: `folioAccessToken=${northToken}` },
    ],
  ];
  it.each(found)("%s", async (_claim, headers) => {
    for (const { headers: seen } of await seenBy({ path: "/mirror/1", headers })) {
      expect(seen["x-okapi-tenant"]).toBe("north");
    }
  });

  const different = "Different tokens in Authentication and X-Okapi-Token. Use only one of them";
  const refused: readonly Omit<AnswerCase, "path" | "status">[] = [
    {
      claim: "is not said by a header and a token that differ",
      headers: { ...north, "X-Okapi-Token": southToken },
      text: "The token is of tenant south, the request of tenant north. Use one of them",
    },
    {
      claim: "is not said by two tenants",
      headers: north,
      rawHeaders: ["X-Okapi-Tenant", "south"],
      text: "There must be one X-Okapi-Tenant header, not several",
    },
    {
      claim: "is not said by two tenants, one of them in other letters",
      headers: north,
      rawHeaders: ["x-OKAPI-tenant", "north"],
      text: "There must be one X-Okapi-Tenant header, not several",
    },
    {
      claim: "is not said by a list",
      headers: { "X-Okapi-Tenant": "north,south" },
      text: "No such Tenant north,south",
    },
    { claim: "is not said by an empty header", headers: { "X-Okapi-Tenant": "" }, text: "No such Tenant " },
    { claim: "has no wrong case", headers: { "X-Okapi-Tenant": "North" }, text: "No such Tenant North" },
    {
      claim: "is not said by a token of a tenant that nobody knows",
      headers: { "X-Okapi-Token": testToken({ sub: "ann", tenant: "nobody" }) },
      text: "No such Tenant nobody",
    },
    {
      claim: "is not said by a token without parts",
      headers: { "X-Okapi-Token": "a" },
      text: /^Invalid Token: /,
    },
    {
      claim: "is not said by a token of other parts",
      headers: { "X-Okapi-Token": "a.b.c" },
      text: /^Invalid Token: /,
    },
    {
      claim: "is not said by a payload cut short",
      headers: { "X-Okapi-Token": "a.ewo=.d" },
      text: /^Invalid Token: /,
    },
    {
      claim: "is not said by two tokens",
      headers: { ...north, "X-Okapi-Token": northToken, Authorization: `Bearer ${northToken}x` },
      text: different,
    },
    {
      claim: "is not said by a token and another cookie",
      headers: { ...north, "X-Okapi-Token": northToken, Cookie: "folioAccessToken=other" },
      text: different,
    },
    {
      claim: "is not said by two cookies",
      headers: { ...north, Cookie: `folioAccessToken=${northToken}; folioAccessToken=${northToken}` },
      text: different,
    },
  ];
  it.each(refused)("$claim", async (one) => {
    const wanted: AnswerCase = { ...one, path: "/mirror/1", status: 400 };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

describe("a module is told", () => {
  it("where the platform is, whose request it is, from where and when it came", async () => {
    const [first, second] = await seenBy({
      path: "/mirror/1",
      headers: { ...north, "X-Okapi-Token": northToken },
    });
    expect([first?.headers["x-okapi-url"], second?.headers["x-okapi-url"]]).toEqual(platform.urls);
    expect(first?.headers).toMatchObject({
      "x-okapi-tenant": "north",
      "x-okapi-token": northToken,
      "x-okapi-request-ip": "127.0.0.1",
      "x-okapi-request-method": "GET",
      "x-okapi-request-timestamp": expect.stringMatching(/^\d{13}$/) as string,
      "x-okapi-request-id": expect.stringMatching(/^\d{6}\/mirror$/) as string,
      "x-okapi-match-path-pattern": "/mirror/{id}",
      host: new URL(mirror.url).host,
    });
  });

  it("the chain of request ids, its own last", async () => {
    for (const { headers } of await seenBy({
      path: "/mirror/1",
      headers: { ...north, "X-Okapi-Request-Id": "123456/users;000001/perms" },
    })) {
      expect(headers["x-okapi-request-id"]).toMatch(/^123456\/users;000001\/perms;\d{6}\/mirror$/);
    }
  });

  it("a token that came as Authorization as X-Okapi-Token alone", async () => {
    for (const { headers } of await seenBy({
      path: "/mirror/1",
      headers: { Authorization: `Bearer ${northToken}` },
    })) {
      expect(headers["x-okapi-token"]).toBe(northToken);
      expect(headers).not.toHaveProperty("authorization");
    }
  });

  it("all cookies as they came, and the token among them", async () => {
    const cookie = `folioRefreshToken=yy; folioAccessToken=${northToken}`;
    for (const { headers } of await seenBy({ path: "/mirror/1", headers: { Cookie: cookie } })) {
      expect(headers["cookie"]).toBe(cookie);
      expect(headers["x-okapi-token"]).toBe(northToken);
    }
  });

  it("no pattern by an entry that has a path only", async () => {
    for (const { headers } of await seenBy({ path: "/legacy/x", headers: north })) {
      expect(headers).not.toHaveProperty("x-okapi-match-path-pattern");
    }
  });

  it("everything else as it was sent", async () => {
    const headers = {
      ...north,
      Accept: "application/json",
      "Accept-Language": "de",
      "User-Agent": "browser",
      "X-My-Header": "1, 2",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "Content-Type": "text/plain",
    };
    for (const seen of await seenBy({ method: "POST", path: "/mirror/1?a=%C3%A9", headers, body: "text" })) {
      expect(seen).toMatchObject({ method: "POST", target: "/mirror/1?a=%C3%A9", body: "text" });
      expect(seen.headers).toMatchObject({
        accept: "application/json",
        "accept-language": "de",
        "user-agent": "browser",
        "x-my-header": "1, 2",
        traceparent: headers.traceparent,
        "content-type": "text/plain",
      });
    }
  });

  const forged = [
    "X-Okapi-User-Id",
    "X-Okapi-Permissions",
    "X-Okapi-Permissions-Required",
    "X-Okapi-Permissions-Desired",
    "X-Okapi-Module-Permissions",
    "X-Okapi-Module-Tokens",
    "X-Okapi-Extra-Permissions",
    "X-Okapi-Filter",
    "X-Okapi-Auth-Result",
    "X-Okapi-Auth-Headers",
    "X-Okapi-Handler-Result",
    "X-Okapi-Handler-Headers",
    "X-Okapi-Trace",
    "X-Okapi-Stop",
    "X-Okapi-Supertenant",
    "x_okapi_user_id",
    "X-Okapi-Additional-Token",
    "X-Okapi-Module-Id",
  ];
  it.each(forged.filter((name) => name !== "X-Okapi-Module-Id"))(
    "nothing that a client says in %s",
    async (name) => {
      for (const { headers } of await seenBy({
        path: "/mirror/1",
        headers: { ...north, [name]: "forged" },
      })) {
        expect(Object.values(headers)).not.toContain("forged");
      }
    },
  );

  const overwritten = [
    "X-Okapi-Url",
    "X-Okapi-Request-Ip",
    "X-Okapi-Request-Timestamp",
    "X-Okapi-Request-Method",
  ];
  it.each([...overwritten, "X-Okapi-Match-Path-Pattern"])(
    "the truth, whatever a client says in %s",
    async (name) => {
      for (const { headers } of await seenBy({
        path: "/mirror/1",
        headers: { ...north, [name]: "forged" },
      })) {
        expect(headers[name.toLowerCase()]).not.toContain("forged");
      }
    },
  );

  it.each(["X-Okapi-Tenant", "X-Okapi-Token", "X-My-Header"])(
    "%s also when Connection names it: the request is refused",
    async (name) => {
      const headers = { ...north, "X-Okapi-Token": northToken, "X-My-Header": "1" };
      const wanted = { claim: "", path: "/mirror/1", headers, status: 400, text: /Connection/ };
      const named = { ...wanted, rawHeaders: ["Connection", `close, ${name}`] };
      expect(await complaintsAbout(platform.urls, named)).toEqual([]);
    },
  );

  it("nothing of the connection", async () => {
    const headers = {
      ...north,
      "Keep-Alive": "timeout=5",
      TE: "trailers",
      Upgrade: "h2c",
      "Proxy-Authorization": "x",
    };
    for (const seen of await seenBy({ path: "/mirror/1", headers })) {
      for (const name of ["keep-alive", "te", "upgrade", "proxy-authorization"]) {
        expect(seen.headers).not.toHaveProperty(name);
      }
    }
  });
});

describe("a client is told", () => {
  async function answersWith(headers: object, more: Record<string, string> = {}): Promise<Answered[]> {
    const answers: Answered[] = [];
    const asked = { ...north, ...more, "Answer-With": JSON.stringify(headers) };
    for (const url of platform.urls) answers.push(await call(url, { path: "/mirror/1", headers: asked }));
    return answers;
  }

  it("what the module says in its headers", async () => {
    const said = { "X-Mine": "1", Location: "/mirror/2", ETag: '"a"', "Set-Cookie": ["a=1", "b=2"] };
    for (const { headers } of await answersWith(said)) {
      expect(headers).toMatchObject({
        "x-mine": "1",
        location: "/mirror/2",
        etag: '"a"',
        "set-cookie": "a=1, b=2",
      });
    }
  });

  it("the request id under our name, which no module can take; Okapi adds none", async () => {
    for (const { headers } of await answersWith({ "X-Octavo-Request-Id": "forged" })) {
      expect(headers["x-octavo-request-id"]).toMatch(/^\d{6}\/mirror$/);
      expect(headers).not.toHaveProperty("x-okapi-request-id");
    }
  });

  it.each([
    "X-Okapi-Module-Tokens",
    "X-Okapi-Module-Permissions",
    "X-Okapi-Permissions-Required",
    "X-Okapi-Permissions-Desired",
    "X-Okapi-Extra-Permissions",
    "X-Okapi-Additional-Token",
    "X-Okapi-Filter",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
  ])("nothing that the module says in %s", async (name) => {
    for (const { headers } of await answersWith({ [name]: "secret" })) {
      expect(headers[name.toLowerCase()] ?? "").not.toContain("secret");
    }
  });

  it("a new token, but not the one that it has sent", async () => {
    for (const { headers } of await answersWith(
      { "X-Okapi-Token": "new" },
      { "X-Okapi-Token": northToken },
    )) {
      expect(headers["x-okapi-token"]).toBe("new");
    }
    for (const { headers } of await answersWith(
      { "X-Okapi-Token": northToken },
      { "X-Okapi-Token": northToken },
    )) {
      expect(headers).not.toHaveProperty("x-okapi-token");
    }
  });

  it("one length, which is that of the body", async () => {
    for (const { headers, bytes } of await answersWith({})) {
      expect(headers["content-length"]).toBe(String(bytes.length));
      expect(headers).not.toHaveProperty("transfer-encoding");
    }
  });
});
