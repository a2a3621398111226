import { Type, type Static } from "typebox";

export const HealthDescriptor = Type.Object(
  {
    instId: Type.String({ description: "Id of the instance" }),
    srvcId: Type.String({ description: "Id of its module" }),
    healthMessage: Type.String({ description: "OK, or what went wrong" }),
    healthStatus: Type.Boolean({ description: "Whether it answers" }),
  },
  { $id: "HealthDescriptor", description: "Whether an instance answers", additionalProperties: false },
);
export type HealthDescriptor = Static<typeof HealthDescriptor>;

export const HealthStatus = Type.Object(
  {
    id: Type.String({ description: "Id of the module" }),
    status: Type.String({ description: "Its state in a word" }),
  },
  {
    $id: "HealthStatus",
    description: "State of a module as the gateway sees it",
    additionalProperties: false,
  },
);
export type HealthStatus = Static<typeof HealthStatus>;
