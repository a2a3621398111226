import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { Cluster, Finalized } from "../schemas/cluster.ts";
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
  defineOperation({
    name: "cluster.status",
    method: "GET",
    path: "/_/octavo/cluster",
    access: anyOperator("octavo.cluster.get"),
    summary: "See all gateways, what they share, and what wants a person",
    answers: [jsonAnswer(200, Cluster, "The gateways, leases, jobs, the database, warnings")],
    errors: { 503: "The database does not answer" },
  }),
  defineOperation({
    name: "cluster.finalize",
    method: "POST",
    path: "/_/octavo/cluster/finalize",
    access: operators("octavo.cluster.finalize"),
    summary: "Let the gateways write what only this version knows, once all run it; there is no way back",
    answers: [jsonAnswer(200, Finalized, "The protocol that is active now")],
    errors: { 409: "A live gateway does not know it yet; the text names it" },
  }),
  defineOperation({
    name: "events.follow",
    method: "GET",
    path: "/_/octavo/events",
    access: operators("octavo.events.get", "viewer"),
    summary:
      "Follow the changes of the registry from now on, or from the event in Last-Event-ID; at any instance",
    answers: [
      {
        status: 200,
        schema: Type.String(),
        contentType: "text/event-stream",
        description: "Server-sent events: change, cut (read the state anew), rewound (and start again)",
      },
    ],
    errors: {
      400: "Last-Event-ID is no id of an event",
      410: "There is no such revision: read the state anew, then follow from now on",
      503: "The database does not answer",
    },
  }),
] as const;
