import { Type, type Static } from "typebox";

export const GatewayInstance = Type.Object(
  {
    id: Type.String({ description: "Id of the instance" }),
    name: Type.Optional(Type.String({ description: "Name for people" })),
    url: Type.String({ description: "Where it answers" }),
    version: Type.String({ description: "Version of Octavo that it runs" }),
    startedAt: Type.String({ description: "When it started, ISO 8601" }),
    appliedRevision: Type.Integer({ description: "Newest revision of the registry that it serves" }),
  },
  { $id: "GatewayInstance", description: "A gateway with a live heartbeat", additionalProperties: false },
);
export type GatewayInstance = Static<typeof GatewayInstance>;

export const ClusterStatus = Type.Object(
  {
    revision: Type.Integer({ description: "Revision of the registry at the instance that answers" }),
    history: Type.String({ description: "Line of history of the registry" }),
    instances: Type.Array(GatewayInstance, { description: "Live instances" }),
  },
  { $id: "ClusterStatus", description: "The gateways that share one registry", additionalProperties: false },
);
export type ClusterStatus = Static<typeof ClusterStatus>;
