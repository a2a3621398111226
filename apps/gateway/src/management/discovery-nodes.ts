import { NodeDescriptor, parseBody } from "@octavo/management-api";
import type { LiveInstance } from "@octavo/registry";
import { err, ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound, refusedWrite } from "./refusals.ts";
import { json, presentFields } from "./reply.ts";

/** Okapi's nodes are our gateway instances with a live heartbeat. */
export const listNodes: Handler = async (_call, { registry }) => {
  const nodes = [...registry.instances()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return ok(json(200, nodes.map(shown)));
};

export const getNode: Handler = async (call, { registry }) => {
  const reference = call.params["nodeId"] ?? "";
  const node = findNode(registry.instances(), reference);
  return node === undefined ? notFound(nodeNotFound(reference)) : ok(json(200, shown(node)));
};

export const putNode: Handler = async (call, { registry }) => {
  const nodeId = call.params["nodeId"] ?? "";
  const body = readBody(call, (json) => parseBody(NodeDescriptor, json));
  if (!body.ok) return body;
  const node = registry.instances().find((instance) => instance.id === nodeId);
  if (node === undefined) return notFound(nodeNotFound(nodeId));
  if (body.value.nodeId !== nodeId) return badRequest(`Can not change nodeId for node ${nodeId}`);
  if (body.value.url !== node.url) return badRequest(`Can not change the URL for node ${nodeId}`);
  const renamed = await registry.renameInstance(nodeId, body.value.nodeName ?? "");
  return renamed.ok ? ok(json(200, shown(renamed.value))) : err(refusedWrite(renamed.error));
};

/** By URL, name or id, in this order. */
export function findNode(instances: readonly LiveInstance[], reference: string): LiveInstance | undefined {
  return (
    instances.find((node) => node.url === reference || node.name === reference) ??
    instances.find((node) => node.id === reference)
  );
}

export function nodeNotFound(reference: string): string {
  return `Node ${reference} not found`;
}

function shown(node: LiveInstance) {
  return presentFields([
    ["nodeId", node.id],
    ["url", node.url],
    ["nodeName", node.name === "" ? null : node.name],
  ]);
}
