import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { ok } from "@octavo/result";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Registry } from "./registry.ts";
import { openOn, put, tenantPut } from "./testing/open-on.ts";
import { internalModule, sampleModule } from "./testing/sample-modules.ts";

let database: FreshDatabase;
const opened: Registry[] = [];

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  await database.drop();
});

async function open(): Promise<Registry> {
  const { registry } = await openOn(database.url);
  opened.push(registry);
  return registry;
}

describe("a registry on an empty database", () => {
  it("knows the internal module, and the supertenant that has it enabled", async () => {
    const { snapshot } = await open();
    expect(snapshot.revision).toBe(0);
    expect(snapshot.modules.all()).toEqual([internalModule]);
    expect([...snapshot.tenants.values()]).toEqual([
      {
        id: "supertenant",
        name: "supertenant",
        description: "Okapi built-in super tenant",
        enabled: ["okapi-7.2.0"],
      },
    ]);
  });

  it("has the first write as revision 1, at once and after a new start", async () => {
    const first = await open();
    const module = sampleModule("mod-users-1.0.0");
    const written = await put(first, [
      { kind: "module.added", module },
      tenantPut("diku", "Library"),
      { kind: "tenant.modules", tenantId: "diku", enable: [module.id], disable: [] },
    ]);
    expect(written).toMatchObject(ok({ revision: 1, answer: "done", isReplay: false }));
    const again = await open();
    expect(again.snapshot).toEqual(first.snapshot);
    expect(again.snapshot.tenants.get("diku")?.enabled).toEqual([module.id]);
    expect(again.snapshot.modules.get(module.id)?.source).toBe(module.source);
  });
});
