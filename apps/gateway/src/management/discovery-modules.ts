import { parseJson, printPretty, type JsonObject, type JsonValue } from "@octavo/json";
import { DeploymentDescriptor, parseBody } from "@octavo/management-api";
import type { Change, ModuleInstance, Snapshot } from "@octavo/registry";
import { assert, ok, type Result } from "@octavo/result";
import { findNode, nodeNotFound } from "./discovery-nodes.ts";
import type { Refusal } from "./handler.ts";
import { checkModuleUrl } from "./outgoing-url.ts";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound, notImplemented } from "./refusals.ts";
import { created, json, noContent, presentFields } from "./reply.ts";
import { write } from "./write.ts";

/** Discovery: where the instances of modules are. So far they are registered by whoever starts them; nothing is launched. */

export const listDiscovery: Handler = async (_call, { registry }) =>
  ok(json(200, allInstances(registry.snapshot).map(instanceAsOkapi)));

export const listDiscoveryOfModule: Handler = async (call, { registry }) => {
  const instances = instancesOf(registry.snapshot, call.params["serviceId"] ?? "");
  return instances.ok ? ok(json(200, instances.value.map(instanceAsOkapi))) : instances;
};

export const getDiscovery: Handler = async (call, { registry }) => {
  const instance = findInstance(
    registry.snapshot,
    call.params["serviceId"] ?? "",
    call.params["instanceId"] ?? "",
  );
  return instance.ok ? ok(json(200, instanceAsOkapi(instance.value))) : instance;
};

export const registerInstance: Handler = async (call, platform) => {
  const body = readBody(call, (json) => parseBody(DeploymentDescriptor, json));
  if (!body.ok) return body;
  const posted = body.value;
  const moduleId = posted.srvcId;
  if (moduleId === undefined) return badRequest("Needs srvcId");
  if (moduleId === "") return badRequest("Empty srvcId not allowed");
  const launch = posted.descriptor ?? null;
  if (posted.nodeId !== undefined) {
    return launchRefusal(platform.registry.snapshot, moduleId, launch !== null, () =>
      findNode(platform.registry.instances(), posted.nodeId ?? "") === undefined
        ? notFound(nodeNotFound(posted.nodeId ?? ""))
        : null,
    );
  }
  if (launch !== null) return badRequest("missing nodeId");
  const instanceId = posted.instId;
  if (instanceId === undefined || instanceId === "") return badRequest("Needs instId");
  const url = posted.url ?? null;
  if (url !== null && url !== "") {
    const { registry, instance: gateway } = platform;
    const gateways = [gateway.url, ...registry.instances().map((live) => live.url)];
    const checked = checkModuleUrl(url, gateways, platform.config.moduleNetworks);
    if (!checked.ok) return badRequest(checked.error);
  }
  const instance: ModuleInstance = { instanceId, moduleId, url, nodeId: null, descriptor: null };
  return write(call, platform, `${moduleId}/${instanceId}`, (snapshot) => {
    if (allInstances(snapshot).some((known) => known.instanceId === instanceId)) {
      return badRequest(`Duplicate instId ${instanceId}`);
    }
    return ok({
      changes: [{ kind: "instance.registered", instance }],
      reply: created(call.path, [moduleId, instanceId], printPretty(instanceAsOkapi(instance))),
    });
  });
};

export const deregisterInstance: Handler = async (call, platform) => {
  const moduleId = call.params["serviceId"] ?? "";
  const instanceId = call.params["instanceId"] ?? "";
  return write(call, platform, `${moduleId}/${instanceId}`, (snapshot) => {
    const instance = findInstance(snapshot, moduleId, instanceId);
    return instance.ok ? ok({ changes: [deregistration(instance.value)], reply: noContent }) : instance;
  });
};

export const deregisterModule: Handler = async (call, platform) => {
  const moduleId = call.params["serviceId"] ?? "";
  return write(call, platform, moduleId, (snapshot) => {
    const instances = instancesOf(snapshot, moduleId);
    return instances.ok ? ok({ changes: instances.value.map(deregistration), reply: noContent }) : instances;
  });
};

export const deregisterAll: Handler = async (call, platform) =>
  write(call, platform, "", (snapshot) =>
    ok({ changes: allInstances(snapshot).map(deregistration), reply: noContent }),
  );

/** A node was named, so something is to be launched there. Okapi's refusals first, then ours. */
function launchRefusal(
  snapshot: Snapshot,
  moduleId: string,
  hasLaunchDescriptor: boolean,
  unknownNode: () => Result<never, Refusal> | null,
): Result<never, Refusal> {
  if (!hasLaunchDescriptor) {
    const module = snapshot.modules.get(moduleId);
    if (module === undefined) return notFound(moduleId);
    if (module.launchDescriptor === null) return badRequest(`Module ${moduleId} has no launchDescriptor`);
  }
  return (
    unknownNode() ??
    notImplemented(
      `Launching ${moduleId} on a node is not available yet. Start it yourself and register its URL: ` +
        `POST /_/discovery/modules with srvcId, instId and url, without nodeId and descriptor.`,
    )
  );
}

function deregistration(instance: ModuleInstance): Change {
  return { kind: "instance.deregistered", moduleId: instance.moduleId, instanceId: instance.instanceId };
}

export function allInstances(snapshot: Snapshot): readonly ModuleInstance[] {
  const moduleIds = [...snapshot.discovery.keys()].sort();
  return moduleIds.flatMap((moduleId) => snapshot.discovery.get(moduleId) ?? []);
}

export function instancesOf(
  snapshot: Snapshot,
  moduleId: string,
): Result<readonly ModuleInstance[], Refusal> {
  const instances = snapshot.discovery.get(moduleId) ?? [];
  return instances.length === 0 ? notFound(moduleId) : ok(instances);
}

export function findInstance(
  snapshot: Snapshot,
  moduleId: string,
  instanceId: string,
): Result<ModuleInstance, Refusal> {
  const instances = snapshot.discovery.get(moduleId) ?? [];
  const instance = instances.find((known) => known.instanceId === instanceId);
  return instance === undefined ? notFound(`${moduleId}/${instanceId}`) : ok(instance);
}

function instanceAsOkapi(instance: ModuleInstance): JsonObject {
  return presentFields([
    ["instId", instance.instanceId],
    ["srvcId", instance.moduleId],
    ["nodeId", instance.nodeId],
    ["url", instance.url],
    ["descriptor", instance.descriptor === null ? null : stored(instance.descriptor)],
  ]);
}

function stored(text: string): JsonValue {
  const parsed = parseJson(text);
  assert(parsed.ok, "a launch descriptor in the registry is JSON");
  return parsed.value;
}
