import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outcomes } from "./fact.ts";
import { permissionFacts, permissionModules } from "./facts/permissions.ts";
import { openPlatform, type Platform } from "./platform.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(permissionModules);
});
afterAll(() => platform.close());

describe("a permission module", () => {
  it.each(permissionFacts)("$claim ($source)", async (fact) => {
    const { seen, wanted } = await outcomes(platform, fact);
    expect(seen).toEqual(wanted);
  });

  // ModuleTest.testSystemInterfaces and testInternalModule
  it("that arrives is told of the gateway's own module too, with its permissions and sets", async () => {
    const { api, standIns } = platform;
    const tenant = await platform.tenant();
    const version = (await api.get("/_/version")).text;
    await api.post(`/_/proxy/tenants/${tenant}/modules`, { id: "okapi" });
    const since = standIns.calls.length;
    expect((await api.post(`/_/proxy/tenants/${tenant}/modules`, { id: "perms20-1.0.0" })).status).toBe(201);
    const lists = platform.callsFor(tenant, since).map(({ body }) => JSON.parse(body));
    expect(lists.map(({ moduleId }) => moduleId)).toEqual(["perms20-1.0.0", `okapi-${version}`]);
    const names = new Set(
      lists[1].perms.map((each: { readonly permissionName: string }) => each.permissionName),
    );
    expect(names).toContain("okapi.proxy.tenants.install.post");
    expect(names).toContain("okapi.all");
  });
});
