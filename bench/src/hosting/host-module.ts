import { type ModuleDefinition, parseHostConfig, startModules } from "@octavo/module-kit";
import { loginUrlOf, tenant } from "../contest/filled-database.ts";
import { ModuleClient } from "./module-client.ts";

export interface HostedModule {
  readonly client: ModuleClient;
  stop(): Promise<void>;
}

/** A module in this process, enabled for the tenant.
 * @param env variables of the host, besides those of its database */
export async function hostModule(
  module: ModuleDefinition,
  adminUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<HostedModule> {
  const config = parseHostConfig(
    { OCTAVO_TRUST: "network", OCTAVO_DB_URL: loginUrlOf(adminUrl), OCTAVO_DB_ADMIN_URL: adminUrl, ...env },
    () => "",
  );
  if (!config.ok) throw new Error(config.error.join("; "));
  const host = await startModules([module], config.value, { write: () => undefined });
  const [hosted] = host.modules;
  if (hosted === undefined) throw new Error(`${module.id} was not started`);
  await hosted.whenReady(AbortSignal.timeout(60_000));
  const client = new ModuleClient(hosted.url, tenant.tenantId);
  await client.enable(module.id);
  return {
    client,
    stop: async () => {
      client.close();
      await host.drain();
    },
  };
}
