import { connect } from "node:net";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTenantWorld, type TenantWorld, untilTrue } from "../testing/tenant-world.ts";
import { readExposition, type ReadFamily } from "./testing/read-exposition.ts";

let world: TenantWorld;
let viewer = "";
let token = "";

beforeAll(async () => {
  world = await startTenantWorld(1);
  viewer = await world.operator("viewer");
  ({ accessToken: token } = await world.signIn("ann"));
});
afterAll(() => world.close());

async function scrape(): Promise<ReadonlyMap<string, ReadFamily>> {
  const answered = await world.call(0, "GET", "/_/metrics", { Authorization: `Bearer ${viewer}` });
  expect(answered.status).toBe(200);
  expect(answered.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return readExposition(answered.text);
}

/** The sum of those samples of a family (or of one of a histogram's parts) that have these labels. */
async function valueOf(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const families = await scrape();
  const family = families.get(name) ?? families.get(name.replace(/_(?:sum|count|bucket)$/, ""));
  const samples = (family?.samples ?? []).filter(
    (each) =>
      each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );
  return samples.reduce((sum, { value }) => sum + value, 0);
}

/** By how much `work` makes it grow. An exchange is counted when its answer has left, which the client may be quicker
 * than: that much is waited for. */
async function growth(
  name: string,
  labels: Readonly<Record<string, string>>,
  work: () => Promise<unknown>,
  awaited = 1,
): Promise<number> {
  const before = await valueOf(name, labels);
  await work();
  const grown = async () => (await valueOf(name, labels)) - before;
  await untilTrue(`${name} grows by ${awaited}`, async () => (await grown()) >= awaited);
  return grown();
}

describe("GET /_/metrics", () => {
  it("is for viewers and administrators, and for nobody else", async () => {
    const statusFor = async (bearer: string | null) =>
      (await world.call(0, "GET", "/_/metrics", bearer === null ? {} : { Authorization: `Bearer ${bearer}` }))
        .status;
    expect(await statusFor(null)).toBe(401);
    expect(await statusFor(viewer)).toBe(200);
    expect(await statusFor(world.operatorToken)).toBe(200);
    expect(await statusFor(await world.operator("deployer"))).toBe(403);
    expect(await statusFor(token)).toBe(403);
  });

  it("has a sentence for every family, and units in their names", async () => {
    for (const { name, help } of (await scrape()).values()) {
      expect(help.length).toBeGreaterThan(10);
      expect(name).toMatch(/^(?:octavo|nodejs|process)_[a-z_]+$/);
    }
  });

  it("has no family that the page for operators does not explain, and the page none that is not there", async () => {
    const page = readFileSync(
      new URL("../../../../docs/operations/observability.md", import.meta.url),
      "utf8",
    );
    const table = page.slice(page.indexOf("| metric |"), page.indexOf("### When to wake somebody"));
    const explained = [...table.matchAll(/`((?:octavo|nodejs|process)_[a-z_]+)`/g)].map(([, name]) => name);
    const optional = "octavo_tenant_requests_total";
    expect(new Set(explained)).toEqual(new Set([...(await scrape()).keys(), optional]));
    const alerts = page.slice(
      page.indexOf("### When to wake somebody"),
      page.indexOf("## The log of requests"),
    );
    const used = [...alerts.matchAll(/((?:octavo|nodejs)_[a-z_]+?)(?:_bucket)?[{[) ]/g)].map(
      ([, name]) => name,
    );
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((name) => !explained.includes(name))).toEqual([]);
  });

  it("names no tenant, user, path, request or host", async () => {
    await world.as(token, 0, "GET", "/echo?secret=1");
    const { text } = await world.call(0, "GET", "/_/metrics", { Authorization: `Bearer ${viewer}` });
    expect(text).not.toMatch(/diku|north|ann\b|\/echo|secret|127\.0\.0\.1/);
  });
});

describe("a request for a module", () => {
  const ofEcho = { kind: "module", module: "mod-echo" };

  it("is counted by product, method class and status class", async () => {
    const labels = { ...ofEcho, method: "read", status: "2xx" };
    expect(await growth("octavo_requests_total", labels, () => world.as(token, 0, "GET", "/echo"))).toBe(1);
  });

  it("is timed as a whole, at the gateway and at the module", async () => {
    const call = () => world.as(token, 0, "GET", "/echo");
    expect(await growth("octavo_request_seconds_count", ofEcho, call)).toBe(1);
    expect(await growth("octavo_gateway_seconds_count", { kind: "module" }, call)).toBe(1);
    expect(await growth("octavo_module_seconds_count", { module: "mod-echo" }, call)).toBe(1);
    const total = await valueOf("octavo_request_seconds_sum", { kind: "module" });
    expect(await valueOf("octavo_gateway_seconds_sum", { kind: "module" })).toBeLessThan(total);
  });

  it("finds its token and its user in the caches once they are known", async () => {
    const call = () => world.as(token, 0, "GET", "/echo");
    await call();
    expect(await growth("octavo_cache_lookups_total", { cache: "token", result: "hit" }, call)).toBe(1);
    expect(await growth("octavo_cache_lookups_total", { cache: "token", result: "miss" }, call, 0)).toBe(0);
  });
});

describe("a refusal is counted by its reason", () => {
  const cases: readonly (readonly [reason: string, why: string, call: () => Promise<unknown>])[] = [
    ["tenant", "an unknown one", () => world.call(0, "GET", "/echo", { "X-Okapi-Tenant": "nobody" })],
    ["auth", "no token", () => world.as(null, 0, "GET", "/echo")],
    ["auth", "management without one", () => world.call(0, "GET", "/_/proxy/tenants")],
    ["route", "no such path", () => world.as(token, 0, "GET", "/nowhere")],
    ["route", "no such operation", () => world.manage("GET", "/_/nowhere")],
    ["body", "one that is too large", () => world.manage("POST", "/_/proxy/tenants", "x".repeat(70_000))],
    ["gate", "an ambiguous path", () => raw("GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n")],
    ["gate", "bytes that are no request", () => raw("no HTTP\r\n\r\n")],
  ];
  it.each(cases)("%s: %s", async (reason, _why, call) => {
    expect(await growth("octavo_refused_total", { reason }, call)).toBe(1);
  });
});

describe("the instance", () => {
  it("says how it follows the state, and how far", async () => {
    const { text } = await world.call(0, "GET", "/_/health/ready");
    const { revision } = JSON.parse(text) as { revision: number }; // Readiness of the API
    expect(await valueOf("octavo_registry_revision")).toBe(revision);
    expect(await valueOf("octavo_registry_lag_revisions")).toBe(0);
    expect(await valueOf("octavo_registry_up")).toBe(1);
    expect(await valueOf("octavo_registry_following")).toBe(1);
    expect(await valueOf("octavo_registry_instances")).toBe(1);
  });

  it("says how long writes have waited until they were everywhere", async () => {
    const write = () => world.manage("POST", "/_/env", JSON.stringify({ name: "A", value: "1" }));
    expect(await growth("octavo_registry_barrier_seconds_count", { outcome: "all" }, write)).toBe(1);
  });

  it("says how many connections and requests it has", async () => {
    const socket = await opened();
    const withOne = await valueOf("octavo_client_connections");
    socket.destroy();
    await untilTrue("it is gone", async () => (await valueOf("octavo_client_connections")) < withOne);
    await untilTrue(
      "only the scrape is left",
      async () => (await valueOf("octavo_requests_in_flight")) === 1,
    );
    expect(await valueOf("octavo_draining")).toBe(0);
  });

  it("knows instances of modules that it has called", async () => {
    expect(await valueOf("octavo_upstream_instances", { module: "mod-echo", state: "in" })).toBe(1);
    expect(await valueOf("octavo_upstream_instances", { state: "down" })).toBe(0);
    expect(await valueOf("octavo_upstream_queued")).toBe(0);
  });
});

function port(): number {
  return Number(new URL(world.gateways[0]?.gateway.url ?? "").port);
}

async function opened() {
  const socket = connect(port(), "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

async function raw(bytes: string): Promise<void> {
  const socket = await opened();
  socket.resume().end(bytes);
  await once(socket, "close");
}
