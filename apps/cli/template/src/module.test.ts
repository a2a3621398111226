import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { descriptorOf } from "@octavo/module-kit";
import { Fleet, flow, replay } from "@octavo/module-testing";
import { module } from "./module.ts";

/** Instances of the module with a database of their own, behind a gateway that asks another one for each request. */
let fleet: Fleet;
before(async () => {
  fleet = await Fleet.start({ file: new URL("./module.ts", import.meta.url), instances: 2 });
});
after(() => fleet.close());

interface Item {
  readonly id: string;
}

describe("the module", () => {
  it("provides its interface and the tenant API", () => {
    const { provides } = descriptorOf(module) as { provides: { id: string }[] };
    assert.deepEqual(
      provides.map(({ id }) => id),
      ["_tenant", "example"],
    );
  });

  it("gives no more than there is", async () => {
    const tenant = await fleet.newTenant();
    const { body: item } = await fleet.call<Item>(tenant, "POST", "/example", {
      body: { name: "Pencil", left: 1 },
    });
    const take = () => fleet.call(tenant, "POST", `/example/${item.id}/take`);
    assert.equal((await take()).status, 200);
    assert.equal((await take()).status, 409);
  });

  it("refuses what is no item, and says which field", async () => {
    const tenant = await fleet.newTenant();
    const { status, body } = await fleet.call<{ errors: { parameters: { key: string }[] }[] }>(
      tenant,
      "POST",
      "/example",
      {
        body: { name: "", left: 1 },
      },
    );
    assert.equal(status, 422);
    assert.equal(body.errors[0]?.parameters[0]?.key, "name");
  });

  it("keeps nothing in an instance: each may be asked, and killed", async () => {
    const lending = flow("an item is made, taken and looked for", async ({ call }) => {
      const { body: item } = await call<Item>("POST", "/example", { body: { name: "Pencil", left: 2 } });
      await call("POST", `/example/${item.id}/take`);
      await call("GET", "/example?query=name==pencil");
    });
    assert.deepEqual(await replay(fleet, lending, { seeds: 1 }), []);
  });
});
