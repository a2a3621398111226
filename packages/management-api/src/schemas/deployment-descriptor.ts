import { Type, type Static } from "typebox";
import { LaunchDescriptor } from "./launch-descriptor.ts";

export const DeploymentDescriptor = Type.Object(
  {
    // Not required here: Okapi has sentences of its own for a missing srvcId and instId.
    instId: Type.Optional(Type.String({ description: "Id of the instance, unique among all instances" })),
    srvcId: Type.Optional(Type.String({ description: "Id of the module. Must be given" })),
    nodeId: Type.Optional(
      Type.String({ description: "Node that runs it; left out for a URL that runs elsewhere" }),
    ),
    url: Type.Optional(
      Type.String({ description: "Where it answers; the path of a request is appended as it is" }),
    ),
    descriptor: Type.Optional(LaunchDescriptor),
  },
  { $id: "DeploymentDescriptor", description: "A running instance of a module", additionalProperties: false },
);
export type DeploymentDescriptor = Static<typeof DeploymentDescriptor>;
