import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { notAvailable } from "../implied-errors.ts";
import { DeploymentDescriptor } from "../schemas/deployment-descriptor.ts";
import { HealthDescriptor } from "../schemas/health-descriptor.ts";
import { NodeDescriptor } from "../schemas/node-descriptor.ts";

/** Okapi also declares PUT of one instance and does not implement it: it has no place here. */
export const discoveryOperations = [
  defineOperation({
    name: "discovery.modules.list",
    method: "GET",
    path: "/_/discovery/modules",
    access: anyOperator("okapi.discovery.get"),
    summary: "List all instances of modules",
    answers: [jsonAnswer(200, Type.Array(DeploymentDescriptor), "The instances")],
  }),
  defineOperation({
    name: "discovery.modules.register",
    method: "POST",
    path: "/_/discovery/modules",
    access: operators("okapi.discovery.post", "deployer"),
    summary: "Register an instance of a module, or start one",
    body: requiredBody(DeploymentDescriptor),
    answers: [jsonAnswer(201, DeploymentDescriptor, "The instance is known; Location names it")],
    errors: {
      400: "Something is missing, or the instance is known already",
      404: "No such module or node",
      501: notAvailable.description,
    },
  }),
  defineOperation({
    name: "discovery.modules.deregisterAll",
    method: "DELETE",
    path: "/_/discovery/modules",
    access: operators("okapi.discovery.delete", "deployer"),
    summary: "Forget all instances of all modules",
    answers: [emptyAnswer("They are forgotten")],
  }),
  defineOperation({
    name: "discovery.modules.listOf",
    method: "GET",
    path: "/_/discovery/modules/{serviceId}",
    access: anyOperator("okapi.discovery.get"),
    summary: "List the instances of a module",
    answers: [jsonAnswer(200, Type.Array(DeploymentDescriptor), "The instances")],
    errors: { 404: "The module has none" },
  }),
  defineOperation({
    name: "discovery.modules.deregisterOf",
    method: "DELETE",
    path: "/_/discovery/modules/{serviceId}",
    access: operators("okapi.discovery.delete", "deployer"),
    summary: "Forget the instances of a module",
    answers: [emptyAnswer("They are forgotten")],
    errors: { 404: "The module has none" },
  }),
  defineOperation({
    name: "discovery.modules.get",
    method: "GET",
    path: "/_/discovery/modules/{serviceId}/{instanceId}",
    access: anyOperator("okapi.discovery.get"),
    summary: "Get an instance of a module",
    answers: [jsonAnswer(200, DeploymentDescriptor, "The instance")],
    errors: { 404: "No such instance" },
  }),
  defineOperation({
    name: "discovery.modules.deregister",
    method: "DELETE",
    path: "/_/discovery/modules/{serviceId}/{instanceId}",
    access: operators("okapi.discovery.delete", "deployer"),
    summary: "Forget an instance of a module",
    answers: [emptyAnswer("It is forgotten")],
    errors: { 404: "No such instance" },
  }),
  defineOperation({
    name: "discovery.health.list",
    method: "GET",
    path: "/_/discovery/health",
    access: anyOperator("okapi.discovery.health.get"),
    summary: "Ask all instances whether they answer",
    answers: [jsonAnswer(200, Type.Array(HealthDescriptor), "What was found")],
  }),
  defineOperation({
    name: "discovery.health.listOf",
    method: "GET",
    path: "/_/discovery/health/{serviceId}",
    access: anyOperator("okapi.discovery.health.get"),
    summary: "Ask the instances of a module whether they answer",
    answers: [jsonAnswer(200, Type.Array(HealthDescriptor), "What was found")],
    errors: { 404: "The module has no instance" },
  }),
  defineOperation({
    name: "discovery.health.get",
    method: "GET",
    path: "/_/discovery/health/{serviceId}/{instanceId}",
    access: anyOperator("okapi.discovery.health.get"),
    summary: "Ask an instance whether it answers",
    answers: [jsonAnswer(200, HealthDescriptor, "What was found")],
    errors: { 404: "No such instance" },
  }),
  defineOperation({
    name: "discovery.nodes.list",
    method: "GET",
    path: "/_/discovery/nodes",
    access: anyOperator("okapi.discovery.nodes.get"),
    summary: "List the nodes: instances of the gateway",
    answers: [jsonAnswer(200, Type.Array(NodeDescriptor), "The nodes")],
  }),
  defineOperation({
    name: "discovery.nodes.get",
    method: "GET",
    path: "/_/discovery/nodes/{nodeId}",
    access: anyOperator("okapi.discovery.nodes.get"),
    summary: "Get a node by its id, name or URL",
    answers: [jsonAnswer(200, NodeDescriptor, "The node")],
    errors: { 404: "No such node" },
  }),
  defineOperation({
    name: "discovery.nodes.rename",
    method: "PUT",
    path: "/_/discovery/nodes/{nodeId}",
    access: operators("okapi.discovery.nodes.put", "deployer"),
    summary: "Give a node another name",
    body: requiredBody(NodeDescriptor),
    answers: [jsonAnswer(200, NodeDescriptor, "The node as it is now")],
    errors: { 400: "Something other than the name would change", 404: "No such node" },
  }),
] as const;
