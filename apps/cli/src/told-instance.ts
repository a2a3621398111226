import { randomUUID } from "node:crypto";
import { ok, type Result } from "@octavo/result";
import { accept, type Connection } from "./connection.ts";
import type { Failure } from "./exit-codes.ts";

/** An instance that `octavo up` runs, and where it answers. */
export interface ToldInstance {
  readonly moduleId: string;
  readonly instanceId: string;
  readonly url: string;
}

/** What the gateway knows of instances whose ids begin so: ids are kept when addresses and versions change. */
export async function toldInstances(
  prefix: string,
  connection: Connection,
): Promise<Result<readonly ToldInstance[], Failure>> {
  const listed = accept(await connection.client.discovery.modules.list(), connection);
  if (!listed.ok) return listed;
  const told = listed.value.value.map(({ srvcId = "", instId = "", url = "" }) => ({
    moduleId: srvcId,
    instanceId: instId,
    url,
  }));
  return ok(told.filter(({ instanceId }) => instanceId.startsWith(prefix)));
}

/** Tells the gateway of an instance. Where it knows it so already nothing is changed.
 * @param last as the gateway knows it */
export async function tellInstance(
  instance: ToldInstance,
  last: ToldInstance | undefined,
  connection: Connection,
): Promise<Result<unknown, Failure>> {
  if (last?.url === instance.url && last.moduleId === instance.moduleId) return ok(undefined);
  const { modules } = connection.client.discovery;
  const idempotencyKey = randomUUID();
  if (last !== undefined) {
    const { moduleId: serviceId, instanceId } = last;
    const gone = accept(await modules.deregister({ serviceId, instanceId, idempotencyKey }), connection);
    if (!gone.ok) return gone;
  }
  const body = { srvcId: instance.moduleId, instId: instance.instanceId, url: instance.url };
  return accept(await modules.register({ body, idempotencyKey: randomUUID() }), connection);
}
