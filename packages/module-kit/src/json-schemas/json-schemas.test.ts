import { moduleOfTenant } from "@octavo/testing/module-of-tenant";
import { Type } from "typebox";
import { expect, it } from "vitest";
import { defineModule } from "../definition/module.ts";
import { tenantApi } from "../tenant/tenant-part.ts";
import { jsonSchemas } from "./json-schemas.ts";

it("a module's schemas are named, and given one by one, as RMB does", async () => {
  const schema = Type.Object({ name: Type.String() });
  const running = await moduleOfTenant(
    defineModule({
      name: "octavo-described",
      version: "1.0.0",
      title: "Described",
      parts: [tenantApi()],
      interfaces: [jsonSchemas({ "thing.json": schema })],
    }),
  );
  const list = await running.ask("GET /_/jsonSchemas");
  expect([list.status, list.headers.get("content-type"), list.body]).toEqual([
    200,
    "application/json",
    ["thing.json"],
  ]);
  const one = await running.ask("GET /_/jsonSchemas?path=thing.json");
  expect([one.status, one.headers.get("content-type"), one.body]).toEqual([
    200,
    "application/schema+json",
    { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  ]);
  const none = await running.ask("GET /_/jsonSchemas?path=../package.json");
  expect([none.status, none.headers.get("content-type"), none.body]).toEqual([
    404,
    "text/plain",
    "Schema ../package.json not found",
  ]);
  await running.close();
});
