import { inventoryStorage } from "@octavo/inventory-storage";
import { parseHostConfig, startModules } from "@octavo/module-kit";

/** octavo-inventory-storage as a process of its own, by the variables of a host; it prints its URL and ends with its parent. */
const config = parseHostConfig(process.env, () => "");
if (!config.ok) throw new Error(config.error.join("; "));
const host = await startModules([inventoryStorage], config.value, { write: () => undefined });
const [hosted] = host.modules;
await hosted?.whenReady(AbortSignal.timeout(60_000));
process.on("disconnect", () => void host.drain().then(() => process.exit()));
process.send?.(hosted?.url);
