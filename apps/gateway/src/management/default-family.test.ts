import { freshDatabase } from "@octavo/testing/fresh-database";
import { describe, expect, it } from "vitest";
import { gatewayInTest } from "../testing/gateway-in-test.ts";

const shelves = [{ id: "shelves", version: "1.0" }];
const modules = [
  { id: "mod-shelves-1.0.0", provides: shelves },
  { id: "octavo-shelves-1.0.0", provides: shelves },
  { id: "mod-reader-1.0.0", requires: shelves },
];

describe("OCTAVO_FAMILY", () => {
  it.each([
    [{}, "mod-shelves-1.0.0"],
    [{ OCTAVO_FAMILY: "folio" }, "mod-shelves-1.0.0"],
    [{ OCTAVO_FAMILY: "octavo" }, "octavo-shelves-1.0.0"],
  ] as const)("as %j: where both families provide what is needed, a plan takes %s", async (env, provider) => {
    const database = await freshDatabase();
    const { gateway } = await gatewayInTest({
      DATABASE_URL: database.url,
      OCTAVO_MANAGEMENT_AUTH: "open",
      ...env,
    });
    const post = async (path: string, body: unknown) => {
      const response = await fetch(`${gateway.url}${path}`, { method: "POST", body: JSON.stringify(body) });
      const text = await response.text();
      expect([response.ok, text]).toEqual([true, text]);
      return text;
    };
    const ids = (text: string) => [...text.matchAll(/"id" : "([a-z]+-[^"]*)"/gu)].map(([, id]) => id);
    await post("/_/proxy/import/modules", modules);
    await post("/_/proxy/tenants", { id: "north" });
    const wanted = [{ id: "mod-reader-1.0.0", action: "enable" }];
    const planned = await post("/_/octavo/tenants/north/plan", { kind: "install", modules: wanted });
    expect(ids(planned)).toEqual([provider, "mod-reader-1.0.0"]);
    const installed = await post("/_/proxy/tenants/north/install?simulate=true", wanted);
    expect(ids(installed)).toEqual([provider, "mod-reader-1.0.0"]);
    await gateway.close();
    await database.drop();
  });
});
