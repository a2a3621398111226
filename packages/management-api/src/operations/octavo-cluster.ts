import { anyOperator } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { ClusterStatus } from "../schemas/gateway-instance.ts";

export const clusterOperations = [
  defineOperation({
    name: "instances.list",
    method: "GET",
    path: "/_/octavo/instances",
    access: anyOperator("octavo.instances.list"),
    summary: "List the live gateways and how far each has come",
    answers: [jsonAnswer(200, ClusterStatus, "The gateways")],
  }),
] as const;
