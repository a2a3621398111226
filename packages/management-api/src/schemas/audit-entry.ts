import { Type, type Static } from "typebox";

export const AuditEntry = Type.Object(
  {
    id: Type.Integer({ description: "Its place in the log: microseconds since 1970" }),
    at: Type.String({ description: "When, ISO 8601, by the clock of the database" }),
    actor: Type.String({
      description: '"operator:<id>", "open-mode", "system:<what>" or "user:<tenant>/<id>"',
    }),
    action: Type.String({ description: "Name of the operation" }),
    target: Type.String({
      description: "What it was done to: a module id, a tenant id, empty for the platform",
    }),
    outcome: Type.Enum(["changed", "unchanged"], { description: "Whether anything is different since" }),
    revision: Type.Optional(Type.Integer({ description: "Revision of the registry that it made" })),
    requestId: Type.Optional(Type.String({ description: "Id of the request" })),
  },
  {
    $id: "AuditEntry",
    description: "One call that changed something, or tried to",
    additionalProperties: false,
  },
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPage = Type.Object(
  {
    entries: Type.Array(AuditEntry, { description: "Newest first" }),
    before: Type.Optional(
      Type.Integer({ description: "Value of `before` for the next page; absent on the last" }),
    ),
  },
  { $id: "AuditPage", description: "A page of the audit log", additionalProperties: false },
);
export type AuditPage = Static<typeof AuditPage>;
