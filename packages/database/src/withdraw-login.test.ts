import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql, TenantUnknown } from "./index.ts";

let opened: ModuleDatabases;
beforeAll(async () => {
  opened = await moduleDatabases({ modules: ["octavo-notes"], tenants: ["north", "south"] });
});
afterAll(() => opened.close());

describe("a place that was withdrawn", () => {
  it("answers nobody until it is provisioned again, and others do as before", async () => {
    const { databases, provisioner } = opened;
    const place = databases.place("north", "octavo-notes");
    const one = (tenantId: string) =>
      databases
        .of("octavo-notes")
        .read({ tenantId, work: "foreground" }, (tx) => tx.row(sql`select current_schema() as name`));
    expect(await one("north")).toEqual({ name: "north_octavo_notes" });
    await provisioner.withdraw(place);
    await provisioner.withdraw(place);
    await expect(one("north")).rejects.toThrow(TenantUnknown);
    expect(await one("south")).toEqual({ name: "south_octavo_notes" });
    await provisioner.provision(place);
    expect(await one("north")).toEqual({ name: "north_octavo_notes" });
    await provisioner.withdraw(databases.place("nobody", "octavo-notes"));
  });
});
