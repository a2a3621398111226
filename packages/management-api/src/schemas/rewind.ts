import { Type, type Static } from "typebox";

const LostChange = Type.Object(
  {
    revision: Type.Integer({ description: "Its number before it was lost; another change may have it now" }),
    at: Type.String({ description: "When it was made, ISO 8601" }),
    actor: Type.String({ description: "Who made it" }),
    action: Type.String({ description: "Name of the operation" }),
    target: Type.String({ description: "What it was done to" }),
    ops: Type.Array(
      Type.Object(
        {
          kind: Type.String({ description: "What was done" }),
          of: Type.Array(Type.String(), { description: "To what, in words" }),
        },
        { additionalProperties: false },
      ),
      { description: "What it consisted of, without what may be secret" },
    ),
    outcome: Type.Enum(["lost", "proposed", "refused"], {
      description: "proposed: it is there again; refused: it makes no sense any more",
    }),
    because: Type.Optional(Type.String({ description: "Why it was refused" })),
    proposedRevision: Type.Optional(Type.Integer({ description: "Revision under which it is there again" })),
  },
  {
    $id: "LostChange",
    description: "An acknowledged change that the database lost",
    additionalProperties: false,
  },
);

export const Rewind = Type.Object(
  {
    id: Type.String({ description: "Id of the loss" }),
    lostHistory: Type.String({ description: "The line of history that was cut off" }),
    keptRevision: Type.Integer({ description: "Its newest revision that is still there" }),
    lostRevision: Type.Integer({ description: "The newest that any gateway had applied" }),
    complete: Type.Boolean({ description: "False: more was lost than the gateways remember" }),
    noticedAt: Type.String({ description: "When it was noticed, ISO 8601" }),
    noticedBy: Type.String({ description: "URL of the gateway that reported it first" }),
    serverBefore: Type.Optional(Type.String({ description: "System id and timeline before" })),
    serverAfter: Type.Optional(Type.String({ description: "System id and timeline after" })),
    acknowledgedAt: Type.Optional(Type.String({ description: "Absent: the alarm is on" })),
    acknowledgedBy: Type.Optional(Type.String({ description: "Who acknowledged it" })),
    changes: Type.Array(LostChange, { description: "What was lost, oldest first" }),
  },
  { $id: "Rewind", description: "A failover that lost acknowledged changes", additionalProperties: false },
);
export type Rewind = Static<typeof Rewind>;
