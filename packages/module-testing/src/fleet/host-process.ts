// Run as a process by instance.ts: hosts the modules that a file exports, as `octavo module run` does, and says where they listen.
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
import { descriptorOf, type ModuleDefinition, parseHostConfig, startModules } from "@octavo/module-kit";

/** As `octavo module run` does, a module is not shown to anybody before it can take tenants. */
const READY_MS = 120_000;

const [file = ""] = process.argv.slice(2);
process.once("disconnect", () => process.exit(1)); // whoever started us is gone

const config = parseHostConfig(process.env, (path) => readFileSync(path, "utf8"));
if (!config.ok) throw new Error(config.error.join("\n"));
const exported = (await import(pathToFileURL(file).href)) as object; // a module's namespace
const definitions = Object.values(exported).filter(isDefinition);
const host = await startModules(definitions, config.value, {
  write: (line) => void process.stderr.write(line),
});
const ready = AbortSignal.timeout(READY_MS);
for (const module of host.modules) await module.whenReady(ready);
process.once("SIGTERM", () => {
  void host.drain().then(() => process.disconnect());
});
process.send?.(host.modules.map(({ url, definition }) => ({ url, descriptor: descriptorOf(definition) })));

function isDefinition(value: unknown): value is ModuleDefinition {
  return typeof value === "object" && value !== null && "interfaces" in value && "parts" in value;
}
