import type { JsonObject } from "@octavo/json";
import type { ModuleInstance } from "@octavo/registry";
import { ok } from "@octavo/result";
import { allInstances, findInstance, instancesOf } from "./discovery-modules.ts";
import { pingUrl } from "./fetch-limited.ts";
import { checkOutgoingUrl } from "./outgoing-url.ts";
import type { Handler } from "./platform.ts";
import { json } from "./reply.ts";

const pingTimeoutMs = 5_000;
const pingsAtOnce = 16;

/** Health as Okapi means it: an instance that answers its URL at all, with whatever status, is OK. */

export const healthOfAll: Handler = async (_call, { registry }) =>
  ok(json(200, await pingAll(allInstances(registry.snapshot))));

export const healthOfModule: Handler = async (call, { registry }) => {
  const instances = instancesOf(registry.snapshot, call.params["serviceId"] ?? "");
  return instances.ok ? ok(json(200, await pingAll(instances.value))) : instances;
};

export const healthOfInstance: Handler = async (call, { registry }) => {
  const instance = findInstance(
    registry.snapshot,
    call.params["serviceId"] ?? "",
    call.params["instanceId"] ?? "",
  );
  return instance.ok ? ok(json(200, await ping(instance.value))) : instance;
};

/** In the order given, a few at a time: a platform may have hundreds of instances. */
async function pingAll(instances: readonly ModuleInstance[]): Promise<readonly JsonObject[]> {
  const answers: JsonObject[] = [];
  for (let start = 0; start < instances.length; start += pingsAtOnce) {
    answers.push(...(await Promise.all(instances.slice(start, start + pingsAtOnce).map(ping))));
  }
  return answers;
}

async function ping(instance: ModuleInstance): Promise<JsonObject> {
  const failure = instance.url === null || instance.url === "" ? "Unknown" : await failureOf(instance.url);
  return new Map<string, string | boolean>([
    ["instId", instance.instanceId],
    ["srvcId", instance.moduleId],
    ["healthMessage", failure ?? "OK"],
    ["healthStatus", failure === null],
  ]);
}

async function failureOf(url: string): Promise<string | null> {
  const checked = checkOutgoingUrl(url);
  if (!checked.ok) return `Fail: ${checked.error}`;
  const answer = await pingUrl(checked.value, pingTimeoutMs);
  return answer.ok ? null : `Fail: ${answer.error}`;
}
