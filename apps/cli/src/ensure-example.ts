import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ok, type Result } from "@octavo/result";
import type { CommandContext } from "./command.ts";
import { importModules } from "./commands/module-import.ts";
import { accept, type Connection } from "./connection.ts";
import { type ExampleProcess, startExample } from "./example-process.ts";
import type { Failure } from "./exit-codes.ts";
import { readModuleFiles } from "./module-files.ts";

/** The example module, running and answering behind the gateway. */
export interface RunningExample extends ExampleProcess {
  readonly moduleId: string;
  /** Below the gateway's URL. */
  readonly path: string;
  /** For the tenant of `octavo up`: it may have been disabled, or upgraded to a later version. */
  readonly isEnabled: boolean;
}

const PATH = "/reading-lists";
const INSTANCE = "example-of-octavo-up";

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
  const registered = await client.discovery.modules.get({ serviceId: moduleId, instanceId: INSTANCE });
  const lastUrl = registered.ok ? (registered.value.url ?? null) : null;
  const process = await startExample(folder, lastUrl === null ? 0 : Number(new URL(lastUrl).port), (code) =>
    terminal.say(
      `octavo: the example module has ended (${code ?? "by a signal"}); the next start brings it back`,
    ),
  );
  if (process === null) {
    terminal.say("octavo: the example module does not start; everything else stands without it");
    return ok(null);
  }
  const told = await tellWhere({ moduleId, url: process.url, lastUrl }, connection);
  const enabled = !told.ok || known.ok ? told : await enable(moduleId, tenantId, connection);
  if (!enabled.ok) {
    process.stop();
    return enabled;
  }
  const found = await client.tenants.modules.get({ tenantId, moduleId });
  return ok({ ...process, moduleId, path: PATH, isEnabled: found.ok });
}

async function tellWhere(
  { moduleId, url, lastUrl }: { moduleId: string; url: string; lastUrl: string | null },
  connection: Connection,
): Promise<Result<unknown, Failure>> {
  if (url === lastUrl) return ok(undefined);
  const { modules } = connection.client.discovery;
  const idempotencyKey = randomUUID();
  if (lastUrl !== null) {
    const gone = await modules.deregister({ serviceId: moduleId, instanceId: INSTANCE, idempotencyKey });
    const accepted = accept(gone, connection);
    if (!accepted.ok) return accepted;
  }
  const body = { srvcId: moduleId, instId: INSTANCE, url };
  return accept(await modules.register({ body, idempotencyKey: randomUUID() }), connection);
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
