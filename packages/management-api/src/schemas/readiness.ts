import { Type, type Static } from "typebox";

export const Readiness = Type.Object(
  {
    ready: Type.Boolean({ description: "Whether this instance takes requests" }),
    revision: Type.Optional(Type.Integer({ description: "Revision of the registry that it serves" })),
    database: Type.Optional(
      Type.Enum(["up", "down"], {
        description: "Whether the database answered last; requests are served without it",
      }),
    ),
    state: Type.Optional(
      Type.Enum(["snapshot-file"], {
        description: "Where the state is from, while the database has not been met since the start",
      }),
    ),
    clock: Type.Optional(
      Type.Enum(["machine"], {
        description: "Whose time counts, while the database has not said what time it is",
      }),
    ),
    workers: Type.Optional(
      Type.Object(
        { wanted: Type.Integer(), ready: Type.Integer() },
        {
          description: "Processes that serve its connections, where there are several",
          additionalProperties: false,
        },
      ),
    ),
    because: Type.Optional(Type.String({ description: "Why it is not ready" })),
    notes: Type.Optional(
      Type.Array(Type.String(), { description: "What an operator should look at although it serves" }),
    ),
  },
  { $id: "Readiness", description: "Whether a gateway can serve", additionalProperties: false },
);
export type Readiness = Static<typeof Readiness>;
