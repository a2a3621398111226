import { Type } from "typebox";
import { operators } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { text } from "../query-parameters.ts";
import { AuditPage } from "../schemas/audit-entry.ts";

export const auditOperations = [
  defineOperation({
    name: "audit.list",
    method: "GET",
    path: "/_/octavo/audit",
    access: operators("octavo.audit.list", "viewer"),
    summary: "Read the audit log, newest entries first",
    query: [
      {
        name: "limit",
        schema: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        isRequired: false,
        description: "How many entries at most",
      },
      {
        name: "before",
        schema: Type.Integer(),
        isRequired: false,
        description: "Only entries older than this one",
      },
      text("actor", "Only entries of this actor"),
      text("action", "Only entries of this operation"),
    ],
    answers: [jsonAnswer(200, AuditPage, "A page of the log")],
    errors: { 400: "A parameter is wrong", 503: "The log cannot be read now" },
  }),
] as const;
