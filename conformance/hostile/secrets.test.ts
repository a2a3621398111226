import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, type Call } from "../proxy/call.ts";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";

/** What callers say in confidence is in no line of the log, at its most talkative; nothing that they say makes a line of its
 * own; and no answer tells what only the log may know (reliability 6, row 25). */

const secret = "5e3c7e7f0d";
const forgedLine = '{"level":"info","message":"forged line"}';
const claims = Buffer.from(JSON.stringify({ sub: secret, tenant: "secretive" })).toString("base64url");
const token = `eyJhbGciOiJub25lIn0.${claims}.${secret}`;
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform(1, { OCTAVO_LOG_LEVEL: "debug" });
  await platform.tenant("secretive", [
    { descriptor: handling("dead-1.0.0", [{ pathPattern: "/dead*" }]), url: "http://127.0.0.1:9" },
  ]);
});
afterAll(() => platform.close());

const tenant = { "X-Okapi-Tenant": "secretive" };
const inLog = encodeURIComponent(`\r\n${forgedLine}`);

const calls: readonly (Call & { readonly claim: string })[] = [
  { claim: "a token", path: "/dead", headers: { ...tenant, "X-Okapi-Token": token } },
  { claim: "a bearer token", path: "/dead", headers: { ...tenant, Authorization: `Bearer ${token}` } },
  { claim: "a password", path: "/dead", headers: { ...tenant, Authorization: `Basic ${secret}` } },
  {
    claim: "a cookie",
    path: "/dead",
    headers: { ...tenant, Cookie: `folioAccessToken=${token}; a=${secret}` },
  },
  { claim: "a query", path: `/dead?password=${secret}&x=${inLog}`, headers: tenant },
  { claim: "a body", method: "POST", path: "/dead", headers: tenant, body: secret },
  {
    claim: "a line end in the path",
    path: `/dead/${encodeURIComponent("\u2028")}${forgedLine.replaceAll(/[^a-z]/g, "")}`,
    headers: tenant,
  },
  { claim: "a refused target", path: `/dead/${inLog}?${secret}`, headers: tenant },
  { claim: "a refused tenant", path: "/dead", headers: { "X-Okapi-Tenant": `x'; ${forgedLine}` } },
  { claim: "a refused request id", path: "/dead", headers: { ...tenant, "X-Okapi-Request-Id": forgedLine } },
  {
    claim: "two tokens",
    path: "/dead",
    headers: { ...tenant, "X-Okapi-Token": token, Authorization: secret },
  },
  {
    claim: "an operator's token",
    path: "/_/proxy/tenants",
    headers: { "X-Okapi-Token": `oct_op_1_${secret}` },
  },
  { claim: "a broken body", method: "POST", path: "/_/proxy/tenants", body: `{"id": "${secret}` },
  { claim: "a query of the management API", path: `/_/proxy/modules?filter=${secret}${inLog}` },
  {
    claim: "a database's password",
    method: "POST",
    path: "/_/discovery/modules",
    body: `{"srvcId":"dead-1.0.0","instId":"2","url":"http://user:${secret}@host"}`,
  },
];

describe("what a caller says", () => {
  it.each(calls)("in $claim gets an answer without hosts, stacks or statements", async (said) => {
    const { status, text } = await call(platform.urls[0] ?? "", said);
    expect(status).toBeGreaterThanOrEqual(200);
    expect(text).not.toMatch(/\n\s+at |node:internal|file:\/\/|SELECT |INSERT |127\.0\.0\.1|ECONN/);
    const mayRepeat = !/token|password|cookie/.test(said.claim);
    expect(mayRepeat || !text.includes(secret)).toBe(true);
  });

  it("is in no line of the log, and makes none", async () => {
    const { stdout, stderr } = platform.processes[0]?.output ?? { stdout: "", stderr: "" };
    const lines = stderr.split("\n").filter((line) => line !== "");
    expect(lines.length).toBeGreaterThan(calls.length);
    expect(lines.filter((line) => !isObject(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith(forgedLine))).toEqual([]);
    expect((stdout + stderr).split("\n").filter((line) => line.includes(secret))).toEqual([]);
  });
});

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "message" in value;
  } catch {
    return false;
  }
}
