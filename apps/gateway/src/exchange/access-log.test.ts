import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTenantWorld, type TenantWorld, untilTrue } from "../testing/tenant-world.ts";

let world: TenantWorld;
let token = "";
let refreshToken = "";

beforeAll(async () => {
  world = await startTenantWorld(1, { env: { OCTAVO_TRACE_HEADERS: "on" } });
  ({ accessToken: token, refreshToken } = await world.signIn("ann"));
});
afterAll(() => world.close());

type Line = Readonly<Record<string, unknown>>;

function lines(): readonly Line[] {
  const logged = world.gateways[0]?.logged() ?? "";
  // Each line is an object: that is what the first test holds.
  return logged
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** The lines of requests that `work` causes, when there are so many. */
async function told(work: () => Promise<unknown>, count = 1): Promise<readonly Line[]> {
  const requests = () => lines().filter(({ message }) => message === "request answered");
  const before = requests().length;
  await work();
  await untilTrue(`${count} requests are told of`, () => requests().length >= before + count);
  return requests().slice(before);
}

describe("a line of the access log", () => {
  it("says whose request it was, where it went, what became of it and how long that took", async () => {
    const body = JSON.stringify({ a: "ü" });
    const [line] = await told(() =>
      world.call(0, "POST", "/echo?query=1", { "X-Okapi-Tenant": "diku", "X-Okapi-Token": token }, body),
    );
    expect(line).toEqual({
      time: expect.any(String) as string,
      level: "info",
      message: "request answered",
      requestId: expect.stringMatching(/^\d{6}\/echo$/) as string,
      traceId: null,
      tenantId: "diku",
      userId: "ann",
      method: "POST",
      path: "/echo",
      status: 200,
      bytesIn: Buffer.byteLength(body),
      bytesOut: expect.any(Number) as number,
      durationMs: expect.any(Number) as number,
      gatewayMs: expect.any(Number) as number,
      firstByteMs: expect.any(Number) as number,
      moduleId: "mod-echo-1.0.0",
      instanceId: "mod-echo-1.0.0-1",
      attempts: 1,
      refusedFor: null,
      brokenBy: null,
    });
    const { durationMs, gatewayMs, firstByteMs } = line ?? {};
    expect(Number(gatewayMs) + Number(firstByteMs)).toBeLessThanOrEqual(Number(durationMs) + 0.01);
  });

  const cases: readonly (readonly [what: string, call: () => Promise<unknown>, expected: Line])[] = [
    [
      "a refusal says what for",
      () => world.as(null, 0, "GET", "/echo"),
      { status: 400, refusedFor: "auth", moduleId: null, attempts: 0, tenantId: "diku" },
    ],
    [
      "of a management call has the operator's answer",
      () => world.manage("GET", "/_/proxy/tenants?full=1"),
      { status: 200, path: "/_/proxy/tenants", tenantId: null, moduleId: null },
    ],
    [
      "of what the gate has refused has no path",
      () => raw("GET http://user:pass@a/b HTTP/1.1\r\nHost: a\r\n\r\n"),
      { status: 400, refusedFor: "gate", path: null },
    ],
    [
      "has a long path cut",
      () => world.as(token, 0, "GET", `/${"a".repeat(2000)}`),
      { status: 404, path: `/${"a".repeat(1023)}...` },
    ],
    [
      "shows no token that somebody has put into a path",
      () => world.as(token, 0, "GET", `/users/${token}/oct_op_1_${"s".repeat(40)}/end`),
      { path: "/users/[token]/[token]/end" },
    ],
    [
      "of HEAD has no bytes",
      () => world.call(0, "HEAD", "/_/health/live"),
      { method: "HEAD", status: 200, bytesOut: 0 },
    ],
  ];
  it.each(cases)("%s", async (_what, call, expected) => {
    const [line] = await told(call);
    expect(line).toMatchObject(expected);
  });

  it("of a request whose client went says so", async () => {
    const [line] = await told(async () => {
      const socket = await opened();
      const head = `POST /echo HTTP/1.1\r\nHost: a\r\nX-Okapi-Tenant: diku\r\nX-Okapi-Token: ${token}\r\n`;
      socket.write(`${head}Content-Length: 10\r\n\r\nhalf`);
      await untilTrue("the module is asked", () => world.echo.calls.at(-1) === "POST /echo");
      socket.destroy();
    });
    expect(line).toMatchObject({ brokenBy: "client-gone", status: 0, bytesIn: 4 });
  });
});

describe("nothing secret is logged", () => {
  const planted = Array.from({ length: 12 }, (_, number) => `planted-${number}-secret`);
  const [inHeader, inCookie, inQuery, inBody, inToken, inBearer, inAdditional, inTarget, inId, inModule] =
    planted;

  it("whatever header, cookie, query or body it stands in, and whatever is answered", async () => {
    const everywhere = {
      "X-Api-Key": `${inHeader}`,
      Cookie: `folioAccessToken=${inCookie}; folioRefreshToken=${refreshToken}`,
      "X-Okapi-Additional-Token": `${inAdditional}`,
      "X-Okapi-Request-Id": `"${inId}"`,
      "X-Okapi-Module-Id": `${inModule}`,
    };
    const tenant = { "X-Okapi-Tenant": "diku" };
    const query = `?password=${inQuery}&token=${token}`;
    const body = { password: inBody, refreshToken };
    const paths = ["/echo", "/nowhere", "/authn/login", "/token/refresh", "/_/proxy/tenants", "/_/nowhere"];
    for (const path of [...paths, "/_/invoke/tenant/diku/echo"]) {
      for (const credential of [
        {},
        { "X-Okapi-Token": token },
        { "X-Okapi-Token": `${inToken}` },
        { Authorization: `Bearer ${inBearer}` },
        { "X-Okapi-Token": world.operatorToken },
      ]) {
        await world.call(0, "POST", path + query, { ...tenant, ...everywhere, ...credential }, body);
        await world.call(0, "POST", path + query, { ...tenant, ...credential }, body);
      }
    }
    await raw(`GET http://user:${inTarget}@a/b HTTP/1.1\r\nHost: a\r\nX: ${inHeader}\r\n\r\n`);
    await raw(`GET /a HTTP/1.1\r\nHost: a\r\nX-Okapi-Request-Id: 1\r\n ${inId}\r\n\r\n`);
    await raw(`${inHeader} no HTTP\r\n\r\n`);
    const logged = world.gateways[0]?.logged() ?? "";
    for (const secret of [...planted, token, refreshToken, world.operatorToken])
      expect(logged).not.toContain(secret);
    expect(logged).toContain('"path":"/authn/login"');
  });

  it("and a caller cannot write a line of his own", async () => {
    await raw("GET /a%0D%0Aforged HTTP/1.1\r\nHost: a\r\nX-Okapi-Tenant: a\u0085b\r\n\r\n");
    await raw("GET /\u0085forged HTTP/1.1\r\nHost: a\r\n\r\n");
    for (const line of lines()) expect(line).toHaveProperty("message");
  });
});

describe("X-Okapi-Trace", () => {
  it("names the modules that were asked, as Okapi does", async () => {
    const { headers } = await world.as(token, 0, "GET", "/echo?query=1");
    expect(headers.get("x-okapi-trace")).toMatch(
      new RegExp(String.raw`^GET mod-echo-1\.0\.0 ${world.echo.url}/echo\.\. : 200 \d+us$`),
    );
  });

  it("names the gateway where it answers itself", async () => {
    const { headers } = await world.manage("GET", "/_/proxy/tenants");
    expect(headers.get("x-okapi-trace")).toMatch(/^GET okapi-7\.2\.0 \/_\/proxy\/tenants : 200 \d+us$/);
  });

  it("is not there where nobody was asked", async () => {
    expect((await world.as(null, 0, "GET", "/echo")).headers.has("x-okapi-trace")).toBe(false);
  });
});

async function opened() {
  const socket = connect(Number(new URL(world.gateways[0]?.gateway.url ?? "").port), "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

async function raw(bytes: string): Promise<void> {
  const socket = await opened();
  socket.resume().end(Buffer.from(bytes, "latin1"));
  await once(socket, "close");
}
