import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ok, type Result } from "@octavo/result";
import type { CommandContext } from "./command.ts";
import { importModules } from "./commands/module-import.ts";
import { accept, type Connection } from "./connection.ts";
import { type ExampleProcess, startExample } from "./example-process.ts";
import type { Failure } from "./exit-codes.ts";
import { readModuleFiles } from "./module-files.ts";
import { tellInstance, toldInstances } from "./told-instance.ts";

/** The example module, running and answering behind the gateway. */
export interface RunningExample extends ExampleProcess {
  readonly moduleId: string;
  /** Below the gateway's URL. */
  readonly path: string;
  /** For the tenant of `octavo up`: it may have been disabled, or upgraded to a later version. */
  readonly isEnabled: boolean;
}

const PATH = "/reading-lists";
const INSTANCE_ID = "example-of-octavo-up";

/** Runs the example module, makes it known, says where it answers, and enables it for the tenant where it is known for the
 * first time: whoever has disabled it since does not want it.
 * @returns null where it does not start: that is said, and everything else stands without it */
export async function ensureExample(
  folder: string,
  tenantId: string,
  connection: Connection,
  context: CommandContext,
): Promise<Result<RunningExample | null, Failure>> {
  const { client } = connection;
  const { terminal } = context;
  const files = readModuleFiles([join(folder, "descriptor.json")]);
  if (!files.ok) return files;
  const moduleId = files.value.modules[0]?.id ?? "";
  const known = await client.modules.get({ moduleId });
  if (!known.ok) {
    const imported = await importModules(files.value, connection, { isChecked: true });
    if (!imported.ok) return imported;
  }
  const told = await toldInstances(INSTANCE_ID, connection);
  if (!told.ok) return told;
  const [last] = told.value;
  const process = await startExample(
    folder,
    last === undefined ? 0 : Number(new URL(last.url).port),
    (code) =>
      terminal.say(
        `octavo: the example module has ended (${code ?? "by a signal"}); the next start brings it back`,
      ),
  );
  if (process === null) {
    terminal.say("octavo: the example module does not start; everything else stands without it");
    return ok(null);
  }
  const instance = { moduleId, instanceId: INSTANCE_ID, url: process.url };
  const tells = await tellInstance(instance, last, connection);
  const enabled = !tells.ok || known.ok ? tells : await enable(moduleId, tenantId, connection);
  if (!enabled.ok) {
    await process.stop();
    return enabled;
  }
  const found = await client.tenants.modules.get({ tenantId, moduleId });
  return ok({ ...process, moduleId, path: PATH, isEnabled: found.ok });
}

async function enable(
  moduleId: string,
  tenantId: string,
  connection: Connection,
): Promise<Result<unknown, Failure>> {
  const enabling = await connection.client.tenants.modules.enable({
    tenantId,
    body: { id: moduleId },
    idempotencyKey: randomUUID(),
  });
  return accept(enabling, connection);
}
