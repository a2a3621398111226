import { randomUUID } from "node:crypto";
import { RawJson } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { accept, type Connection, refusal } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";

/** A module of this process as a gateway is told of it. */
export interface Announced {
  readonly moduleId: string;
  readonly url: string;
  readonly descriptor: object;
}

/** Tells the gateway what a module is and where it answers. An instance that a killed process has left at the same address is replaced. */
export async function announce(module: Announced, connection: Connection): Promise<Result<void, Failure>> {
  const { modules, discovery } = connection.client;
  const body = new RawJson(JSON.stringify([module.descriptor]));
  const known = await modules.import({ body, idempotencyKey: randomUUID() });
  if (!known.ok) {
    const refused = refusal(known, connection);
    if (known.status !== 400) return err(refused);
    return err(failure(1, refused.message ?? "", "a descriptor that has changed wants a new version"));
  }
  const instance = { srvcId: module.moduleId, instId: instanceOf(module), url: module.url };
  const withdrawn = await withdraw(module, connection);
  if (!withdrawn.ok) return withdrawn;
  const registered = await discovery.modules.register({ body: instance, idempotencyKey: randomUUID() });
  const accepted = accept(registered, connection);
  return accepted.ok ? ok(undefined) : accepted;
}

/** The gateway sends nothing more there; what it does not know any longer is as it should be. */
export async function withdraw(module: Announced, connection: Connection): Promise<Result<void, Failure>> {
  const gone = await connection.client.discovery.modules.deregister({
    serviceId: module.moduleId,
    instanceId: instanceOf(module),
    idempotencyKey: randomUUID(),
  });
  return gone.ok || gone.status === 404 ? ok(undefined) : err(refusal(gone, connection));
}

/** The same address gives the same id. */
function instanceOf({ moduleId, url }: Announced): string {
  const { hostname, port } = new URL(url);
  return `${moduleId}.${hostname.replaceAll(/[[\]]/gu, "")}.${port}`;
}
