import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { descriptorOf, type ModuleHost, parseHostConfig, startModules } from "@octavo/module-kit";
import { module } from "./module.ts";

const headers = { "x-okapi-tenant": "north", "content-type": "application/json" };
let host: ModuleHost;
let url = "";

before(async () => {
  const config = parseHostConfig({ OCTAVO_TRUST: "network", OCTAVO_LOG_LEVEL: "error" }, String);
  if (!config.ok) throw new Error(config.error.join("\n"));
  host = await startModules([module], config.value, { write: (line) => process.stderr.write(line) });
  url = host.modules[0]?.url ?? "";
});
after(() => host.drain());

describe("the module", () => {
  it("provides its interface and the tenant API", () => {
    const { provides } = descriptorOf(module) as { provides: { id: string }[] };
    assert.deepEqual(
      provides.map(({ id }) => id),
      ["_tenant", "example"],
    );
  });

  it("refuses what is no item, and says which field", async () => {
    const body = JSON.stringify({ name: "", left: 1 });
    const answer = await fetch(`${url}/example`, { method: "POST", headers, body });
    assert.equal(answer.status, 422);
    const { errors } = (await answer.json()) as { errors: { parameters: { key: string }[] }[] };
    assert.equal(errors[0]?.parameters[0]?.key, "name");
  });
});
