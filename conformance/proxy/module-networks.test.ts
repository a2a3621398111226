import { startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import { spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { describe, expect, it } from "vitest";

describe("OCTAVO_MODULE_NETWORKS", () => {
  it("holds also for what a name leads to when it is connected to", { timeout: 60_000 }, async () => {
    let calls = 0;
    const module = await startHttpModule((_request, response) => {
      calls += 1;
      response.end("here");
    });
    const { port } = new URL(module.url);
    const folder = temporaryFolder();
    const octavo = await spawnOctavo(["gateway"], {
      OCTAVO_DATA_DIR: folder.path,
      OCTAVO_MANAGEMENT_AUTH: "open",
      OCTAVO_MODULE_NETWORKS: "10.0.0.0/8",
    });
    await octavo.healthy();
    const post = (path: string, body: unknown) =>
      fetch(octavo.url + path, { method: "POST", body: JSON.stringify(body) });
    const handlers = [{ methods: ["GET"], pathPattern: "/here", permissionsRequired: [] }];
    await post("/_/proxy/modules", { id: "mod-a-1.0.0", provides: [{ id: "a", version: "1.0", handlers }] });
    await post("/_/proxy/tenants", { id: "north" });
    await post("/_/proxy/tenants/north/modules", { id: "mod-a-1.0.0" });
    const byAddress = { srvcId: "mod-a-1.0.0", instId: "a1", url: module.url };
    const refused = await post("/_/discovery/modules", byAddress);
    expect([refused.status, await refused.text()]).toEqual([
      400,
      `URL must be within OCTAVO_MODULE_NETWORKS: ${module.url}`,
    ]);
    const byName = { srvcId: "mod-a-1.0.0", instId: "a2", url: `http://localhost:${port}` };
    expect((await post("/_/discovery/modules", byName)).status).toBe(201);
    const answered = await fetch(`${octavo.url}/here`, { headers: { "X-Okapi-Tenant": "north" } });
    expect([answered.status, calls]).toEqual([502, 0]);
    await octavo.stop();
    await module.close();
    folder.remove();
  });
});
