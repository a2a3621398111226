import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { RawJson } from "@octavo/client";
import { ok, type Result } from "@octavo/result";
import { accept, type Connection } from "../connection.ts";
import type { Failure } from "../exit-codes.ts";
import type { CarryOver } from "./compare-platforms.ts";

const CALLS_AT_ONCE = 8;

/** Does one thing of a comparison at the target. Each can be done twice. */
export async function carryOver(
  step: CarryOver,
  source: Connection,
  target: Connection,
): Promise<Result<unknown, Failure>> {
  const { client } = target;
  const idempotencyKey = randomUUID();
  switch (step.kind) {
    case "modules":
      return importModules(step.moduleIds, source, target);
    case "tenant":
      return accept(await client.tenants.create({ body: step.tenant, idempotencyKey }), target);
    case "enable": {
      const { tenantId, moduleIds } = step;
      // The modules' data is there already, and is the same as before: nobody is called.
      const query = { invoke: "false", depCheck: false };
      const body = moduleIds.map((id) => ({ id, action: "enable" as const }));
      return accept(await client.tenants.install.start({ tenantId, query, body, idempotencyKey }), target);
    }
    case "instance": {
      if (step.moves !== null) {
        const { srvcId: serviceId = "", instId: instanceId = "" } = step.moves;
        const gone = accept(await client.discovery.modules.deregister({ serviceId, instanceId }), target);
        if (!gone.ok) return gone;
      }
      return accept(await client.discovery.modules.register({ body: step.instance, idempotencyKey }), target);
    }
    case "env":
      return accept(await client.env.create({ body: step.entry, idempotencyKey }), target);
    case "timer": {
      const { tenantId, timerId, routingEntry } = step;
      const body = { id: timerId, routingEntry };
      return accept(await client.tenants.timers.patch({ tenantId, body, idempotencyKey }), target);
    }
  }
}

/** In one call, as each descriptor was answered: digits and key order stay. What they depend on may be missing at the
 * source too, so that is not checked. */
async function importModules(
  moduleIds: readonly string[],
  source: Connection,
  target: Connection,
): Promise<Result<unknown, Failure>> {
  const texts = await forEach(moduleIds, async (moduleId) => {
    const found = accept(await source.client.modules.get({ moduleId }), source);
    return found.ok ? ok(found.value.text) : found;
  });
  if (!texts.ok) return texts;
  const body = new RawJson(`[${texts.value.join(",\n")}]`);
  const query = { check: false };
  return accept(await target.client.modules.import({ body, query, idempotencyKey: randomUUID() }), target);
}

/** Ids of modules that both gateways know with different content. */
export async function differingModules(
  moduleIds: readonly string[],
  source: Connection,
  target: Connection,
): Promise<Result<readonly string[], Failure>> {
  const compared = await forEach(moduleIds, async (moduleId) => {
    const [here, there] = await Promise.all([
      source.client.modules.get({ moduleId }),
      target.client.modules.get({ moduleId }),
    ]);
    const [one, other] = [accept(here, source), accept(there, target)];
    if (!one.ok) return one;
    if (!other.ok) return other;
    return ok(isDeepStrictEqual(one.value.value, other.value.value) ? [] : [moduleId]);
  });
  return compared.ok ? ok(compared.value.flat()) : compared;
}

async function forEach<T, R>(
  all: readonly T[],
  work: (each: T) => Promise<Result<R, Failure>>,
): Promise<Result<readonly R[], Failure>> {
  const done: R[] = [];
  for (let next = 0; next < all.length; next += CALLS_AT_ONCE) {
    const results = await Promise.all(all.slice(next, next + CALLS_AT_ONCE).map(work));
    for (const result of results) {
      if (!result.ok) return result;
      done.push(result.value);
    }
  }
  return ok(done);
}
