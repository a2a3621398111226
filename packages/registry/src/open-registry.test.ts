import { ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { put, tenantPut } from "./testing/open-on.ts";
import { internalModule, sampleModule } from "./testing/sample-modules.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

describe("a registry on an empty database", () => {
  it("knows the internal module, and the supertenant that has it enabled", async () => {
    const { registry } = await database.open();
    const { snapshot } = registry;
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
    const { registry: first } = await database.open();
    const module = sampleModule("mod-users-1.0.0");
    const written = await put(first, [
      { kind: "module.added", module },
      tenantPut("diku", "Library"),
      { kind: "tenant.modules", tenantId: "diku", enable: [module.id], disable: [] },
    ]);
    expect(written).toMatchObject(ok({ revision: 1, answer: "done", isReplay: false }));
    const { registry: again } = await database.open();
    expect(again.snapshot).toEqual(first.snapshot);
    expect(again.snapshot.tenants.get("diku")?.enabled).toEqual([module.id]);
    expect(again.snapshot.modules.get(module.id)?.source).toBe(module.source);
  });
});

describe("a gateway of another version on the same database", () => {
  it("finds its own internal module enabled where the other one's was", async () => {
    const { registry: old } = await database.open();
    await put(old, [
      tenantPut("diku"),
      { kind: "tenant.modules", tenantId: "diku", enable: [internalModule.id], disable: [] },
    ]);
    const { registry: next } = await database.open({ internalModule: sampleModule("okapi-7.3.0") });
    expect(next.snapshot.tenants.get("diku")?.enabled).toEqual(["okapi-7.3.0"]);
    expect(next.snapshot.modules.has(internalModule.id)).toBe(false);
  });
});
