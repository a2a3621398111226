import { Type, type Static } from "typebox";

export const NodeDescriptor = Type.Object(
  {
    nodeId: Type.Optional(Type.String({ description: "Id of the node" })),
    url: Type.Optional(Type.String({ description: "Where it answers" })),
    nodeName: Type.Optional(Type.String({ description: "Name for people" })),
  },
  { $id: "NodeDescriptor", description: "An instance of the gateway", additionalProperties: false },
);
export type NodeDescriptor = Static<typeof NodeDescriptor>;
