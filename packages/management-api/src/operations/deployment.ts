import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { notAvailable } from "../implied-errors.ts";
import { DeploymentDescriptor } from "../schemas/deployment-descriptor.ts";

export const deploymentOperations = [
  defineOperation({
    name: "deployment.modules.list",
    method: "GET",
    path: "/_/deployment/modules",
    access: anyOperator("okapi.deployment.get"),
    summary: "List the modules that this node runs",
    answers: [jsonAnswer(200, Type.Array(DeploymentDescriptor), "The instances on this node")],
  }),
  defineOperation({
    name: "deployment.modules.start",
    method: "POST",
    path: "/_/deployment/modules",
    access: operators("okapi.deployment.post", "deployer"),
    summary: "Start a module on this node",
    body: requiredBody(DeploymentDescriptor),
    answers: [jsonAnswer(201, DeploymentDescriptor, "It runs; Location names the instance")],
    errors: { 400: "It runs already, or it is not said how to start it", 501: notAvailable.description },
  }),
  defineOperation({
    name: "deployment.modules.get",
    method: "GET",
    path: "/_/deployment/modules/{instanceId}",
    access: anyOperator("okapi.deployment.get"),
    summary: "Get a module that this node runs",
    answers: [jsonAnswer(200, DeploymentDescriptor, "The instance")],
    errors: { 404: "No such instance on this node" },
  }),
  defineOperation({
    name: "deployment.modules.stop",
    method: "DELETE",
    path: "/_/deployment/modules/{instanceId}",
    access: operators("okapi.deployment.delete", "deployer"),
    summary: "Stop a module that this node runs",
    answers: [emptyAnswer("It is stopped")],
    errors: { 404: "No such instance on this node" },
  }),
] as const;
