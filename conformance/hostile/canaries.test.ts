import { Agent, request } from "node:http";
import { type RunningModule, startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";

/** 10,000 calls of 100 tenants at once, over few connections on both sides: whoever gets something of another would show it. */

const TENANTS = 100;
const CALLS = 10_000;
const AT_ONCE = 64;

let platform: Platform;
let module: RunningModule;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  // It answers with what it got: the tenant, the call's own canary, and whatever else a client may have said.
  module = await startHttpModule(async ({ headers, url }, response) => {
    const { "x-okapi-tenant": tenant, "x-canary": canary, "x-now-and-then": now = "" } = headers;
    const said = `${String(tenant)} ${String(canary)} ${String(now)} ${headers.cookie ?? ""} ${url}`;
    if (Number(String(canary).slice(1)) % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    response.setHeader("X-Canary", String(canary));
    if (now !== "") response.setHeader("X-Now-And-Then", now);
    response.end(said);
  });
  platform = await startPlatform(1);
  const descriptor = handling("echo-1.0.0", [{ pathPattern: "/echo/{id}" }]);
  for (let number = 0; number < TENANTS; number += 1) {
    await platform.tenant(`tenant${number}`, [{ descriptor, url: module.url }]);
  }
}, 120_000);
afterAll(async () => {
  agent.destroy();
  await platform.close();
  await module.close();
});

interface Heard {
  readonly text: string;
  readonly canary: string | undefined;
  readonly now: string | undefined;
}

function ask(path: string, headers: Readonly<Record<string, string>>): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const sent = request(`${platform.urls[0] ?? ""}${path}`, { agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (text += piece));
      response.on("error", reject);
      const header = (name: string) => response.headers[name]?.toString();
      response.on("end", () => resolve({ text, canary: header("x-canary"), now: header("x-now-and-then") }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("calls of many tenants at once", () => {
  it("get their own answers, and nothing that another has said", async () => {
    const wrong: string[] = [];
    let next = 0;
    const caller = async () => {
      for (let number = next++; number < CALLS; number = next++) {
        const tenant = `tenant${(number * 37) % TENANTS}`;
        const now = number % 5 === 0 ? `now${number}` : null;
        const cookie = number % 7 === 0 ? `a=${number}` : null;
        const headers = {
          "X-Okapi-Tenant": tenant,
          "X-Canary": `c${number}`,
          ...(now !== null && { "X-Now-And-Then": now }),
          ...(cookie !== null && { Cookie: cookie }),
        };
        const heard = await ask(`/echo/${number}`, headers);
        const text = `${tenant} c${number} ${now ?? ""} ${cookie ?? ""} /echo/${number}`;
        const isRight = heard.text === text && heard.canary === `c${number}` && (heard.now ?? null) === now;
        if (!isRight) wrong.push(`${JSON.stringify(heard)}, not ${text}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
    expect(wrong).toEqual([]);
    expect(next).toBeGreaterThanOrEqual(CALLS);
  }, 120_000);
});
