import { setTimeout as delay } from "node:timers/promises";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { apiAt } from "../gateway/http.ts";

/** Gateways of one platform, each a process, on one database; in open mode. */
export interface Platform {
  /** Where each of them listens. */
  readonly urls: readonly string[];
  readonly processes: readonly SpawnedOctavo[];
  /** Makes a tenant with these modules, registered, running and enabled, and waits until every gateway knows. */
  tenant(id: string, modules: readonly PlacedModule[]): Promise<void>;
  /** Adds to what a tenant has. */
  enable(tenantId: string, modules: readonly PlacedModule[]): Promise<void>;
  install(tenantId: string, steps: readonly { id: string; action: "enable" | "disable" }[]): Promise<void>;
  /** Takes a module's instances out of discovery. */
  withdraw(moduleId: string): Promise<void>;
  close(): Promise<void>;
}

export interface PlacedModule {
  readonly descriptor: { readonly id: string; readonly metadata?: unknown };
  /** Several where it runs several times; null: it is enabled and nobody runs it. */
  readonly url: string | readonly string[] | null;
}

export async function startPlatform(
  gateways: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Platform> {
  const database = await freshDatabase();
  const folder = temporaryFolder();
  const processes: SpawnedOctavo[] = [];
  for (let number = 1; number <= gateways; number++) {
    const octavo = await spawnOctavo(["gateway"], {
      DATABASE_URL: database.url,
      OCTAVO_DATA_DIR: folder.path,
      OCTAVO_MANAGEMENT_AUTH: "open",
      ...env,
    });
    await octavo.healthy();
    processes.push(octavo);
  }
  const urls = processes.map(({ url }) => url);
  const api = apiAt(urls[0] ?? "");
  const registered = new Set<string>();

  const register = async ({ descriptor, url }: PlacedModule) => {
    if (registered.has(descriptor.id)) return;
    registered.add(descriptor.id);
    expectOk(await api.post("/_/proxy/modules?check=false", descriptor));
    if (url === null) return;
    for (const [number, each] of [url].flat().entries()) {
      const instance = { instId: `${descriptor.id}-${number + 1}`, srvcId: descriptor.id, url: each };
      expectOk(await api.post("/_/discovery/modules", instance));
    }
  };
  const install: Platform["install"] = async (tenantId, steps) => {
    expectOk(await api.post(`/_/proxy/tenants/${tenantId}/install?invoke=false`, steps));
    await everywhere();
  };
  const enable: Platform["enable"] = async (tenantId, modules) => {
    for (const module of modules) await register(module);
    await install(
      tenantId,
      modules.map(({ descriptor }) => ({ id: descriptor.id, action: "enable" })),
    );
  };
  const revisionAt = async (url: string): Promise<number> => {
    const { text } = await apiAt(url).get("/_/health/ready");
    return (JSON.parse(text) as { revision: number }).revision; // Readiness of the API
  };
  const everywhere = async () => {
    const newest = await revisionAt(urls[0] ?? "");
    for (const url of urls) while ((await revisionAt(url)) < newest) await delay(5);
  };
  return {
    urls,
    processes,
    enable,
    install,
    async tenant(id, modules) {
      expectOk(await api.post("/_/proxy/tenants", { id }));
      if (modules.length > 0) await enable(id, modules);
      else await everywhere();
    },
    async withdraw(moduleId) {
      expectOk(await api.delete(`/_/discovery/modules/${moduleId}`));
      await everywhere();
    },
    async close() {
      for (const octavo of processes) await octavo.stop();
      await database.drop();
      folder.remove();
    },
  };
}

function expectOk({ status, text }: { readonly status: number; readonly text: string }): void {
  if (status >= 300) throw new Error(`${status}: ${text}`);
}
