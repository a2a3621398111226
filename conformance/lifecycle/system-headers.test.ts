import type { RecordedCall } from "@octavo/testing/stand-in-modules/start-stand-ins";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../gateway/http.ts";
import type { Descriptor } from "./descriptor.ts";
import { enable, entry, module, permissions, tenant, tenant11, tenant20 } from "./modules.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

// What goes with a system call: ProxyService.callSystemInterface, authForSystemInterface and sysReqHeaders.

const modules: readonly Descriptor[] = [
  module("plain-1.0.0", { provides: [tenant20] }),
  module("old-1.0.0", { provides: [tenant11] }),
  module("asking-1.0.0", {
    provides: [
      tenant("2.0", entry("POST /_/tenant", { modulePermissions: ["users.item.get", "users.item.put"] })),
    ],
  }),
  module("auth-1.0.0", {
    provides: [tenant11],
    filters: [entry("* /*", { phase: "auth", type: "headers" })],
  }),
  module("perms-1.0.0", { provides: [permissions("2.0")] }),
];

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(modules);
});
afterAll(() => platform.close());

const valueOf = ({ headers }: RecordedCall, name: string): string | null =>
  headers.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1] ?? null;

/** All calls of this tenant that enabling the module makes. */
async function enabling(tenant: string, id: string): Promise<readonly RecordedCall[]> {
  const since = platform.standIns.calls.length;
  await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable(id)), 200);
  return platform.standIns.calls.slice(since).filter((call) => call.tenant === tenant);
}

describe("a system call", () => {
  it("names tenant, gateway and module address, and speaks JSON", async () => {
    const tenant = await platform.tenant();
    const [call] = await enabling(tenant, "plain-1.0.0");
    if (call === undefined) throw new Error("no call");
    expect(valueOf(call, "X-Okapi-Tenant")).toBe(tenant);
    expect(valueOf(call, "X-Okapi-Url")).toMatch(/^http:\/\//u);
    expect(valueOf(call, "X-Okapi-Url-to")).toBe(platform.standIns.urlOf("plain-1.0.0"));
    expect(valueOf(call, "Accept")).toBe("*/*");
    expect(valueOf(call, "Content-Type")).toBe("application/json; charset=UTF-8");
    expect(valueOf(call, "X-Okapi-Request-Id")).toMatch(/^(?:.*;)?\d{6}\/tenant$/u);
  });

  it("is written as Okapi writes JSON", async () => {
    const tenant = await platform.tenant();
    const [call] = await enabling(tenant, "plain-1.0.0");
    expect(call?.body).toBe('{\n  "module_to" : "plain-1.0.0",\n  "purge" : false\n}');
  });

  it("DELETE has no body", async () => {
    const tenant = await platform.tenant();
    await enabling(tenant, "old-1.0.0");
    const since = platform.standIns.calls.length;
    await platform.api.post(`/_/proxy/tenants/${tenant}/install?purge=true`, [
      { id: "old-1.0.0", action: "disable" },
    ]);
    const [call] = platform.standIns.calls.slice(since);
    expect([call?.method, call?.path, call?.body]).toEqual(["DELETE", "/_/tenant", ""]);
  });

  it("carries neither the caller's user nor its permissions", async () => {
    const tenant = await platform.tenant();
    const since = platform.standIns.calls.length;
    await ask(platform.api.baseUrl, {
      method: "POST",
      path: `/_/proxy/tenants/${tenant}/install`,
      body: JSON.stringify(enable("plain-1.0.0")),
      headers: { "X-Okapi-User-Id": "somebody", "X-Okapi-Permissions": '["all"]' },
    });
    const [call] = platform.standIns.calls.slice(since);
    if (call === undefined) throw new Error("no call");
    const passed = ["X-Okapi-User-Id", "X-Okapi-Permissions"].filter((name) => valueOf(call, name) !== null);
    // Okapi passes on what a client says of itself.
    expect(passed).toEqual(platform.kind === "okapi" ? ["X-Okapi-User-Id", "X-Okapi-Permissions"] : []);
  });
});

describe("a system call of a tenant with an auth filter", () => {
  it("has the token that the filter gives for the module", async () => {
    const tenant = await platform.tenant();
    await enabling(tenant, "auth-1.0.0");
    const calls = await enabling(tenant, "plain-1.0.0");
    expect(calls.map(({ moduleId, kind }) => [moduleId, kind])).toEqual([
      ["auth-1.0.0", "filter"],
      ["plain-1.0.0", "init"],
    ]);
    const [, init] = calls;
    expect(init === undefined ? null : valueOf(init, "X-Okapi-Token")).toBe("token-of-auth-1.0.0");
  });

  it("asks the filter with the path of the call, an empty body and the entry's module permissions", async () => {
    const tenant = await platform.tenant();
    await enabling(tenant, "auth-1.0.0");
    const [filter] = await enabling(tenant, "asking-1.0.0");
    if (filter === undefined) throw new Error("no call");
    expect([filter.method, filter.path, filter.body]).toEqual(["POST", "/_/tenant", ""]);
    expect(valueOf(filter, "X-Okapi-Filter")).toBe("auth");
    expect(valueOf(filter, "X-Okapi-Token")).toBeNull();
    expect(JSON.parse(valueOf(filter, "X-Okapi-Module-Permissions") ?? "null")).toEqual({
      "asking-1.0.0": ["users.item.get", "users.item.put"],
    });
  });

  it("names the generated set instead where the permission module knows it", async () => {
    const tenant = await platform.tenant();
    await enabling(tenant, "perms-1.0.0");
    await enabling(tenant, "auth-1.0.0");
    const calls = await enabling(tenant, "asking-1.0.0");
    const filter = calls.findLast(({ kind }) => kind === "filter");
    expect(JSON.parse((filter && valueOf(filter, "X-Okapi-Module-Permissions")) ?? "null")).toEqual({
      "asking-1.0.0": ["SYS#asking-1.0.0#/_/tenant#[POST]"],
    });
  });

  it("asks the filter of the module itself where it brings the first", async () => {
    const tenant = await platform.tenant();
    const calls = await enabling(tenant, "auth-1.0.0");
    expect(calls.map(({ kind }) => kind)).toEqual(["filter", "init"]);
  });
});
