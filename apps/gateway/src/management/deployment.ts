import { DeploymentDescriptor, parseBody } from "@octavo/management-api";
import { ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound, notImplemented } from "./refusals.ts";
import { json } from "./reply.ts";

/** What this instance itself has launched: nothing yet, so every instance is unknown here. */

export const listDeployments: Handler = async () => ok(json(200, []));

export const getDeployment: Handler = async (call) =>
  notFound(`not found: ${call.params["instanceId"] ?? ""}`);

export const deleteDeployment: Handler = async (call) =>
  notFound(`not found: ${call.params["instanceId"] ?? ""}`);

export const createDeployment: Handler = async (call) => {
  const body = readBody(call, (json) => parseBody(DeploymentDescriptor, json));
  if (!body.ok) return body;
  const { srvcId, descriptor } = body.value;
  if (srvcId === undefined) return badRequest("Needs srvcId");
  if (srvcId === "") return badRequest("Empty srvcId not allowed");
  if (descriptor === undefined) return badRequest("No LaunchDescriptor");
  return notImplemented(
    `Launching ${srvcId} is not available yet. Start it yourself and register its URL: POST /_/discovery/modules.`,
  );
};
