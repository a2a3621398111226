import { Type } from "typebox";
import { operators } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { Rewind } from "../schemas/rewind.ts";

const none = { 404: "No such loss" };

export const rewindOperations = [
  defineOperation({
    name: "rewinds.list",
    method: "GET",
    path: "/_/octavo/rewinds",
    access: operators("octavo.rewinds.list", "viewer"),
    summary:
      "List failovers of the database that lost acknowledged changes, newest first, with what was lost",
    answers: [jsonAnswer(200, Type.Array(Rewind), "The losses")],
    errors: { 503: "The database does not answer" },
  }),
  defineOperation({
    name: "rewinds.acknowledge",
    method: "POST",
    path: "/_/octavo/rewinds/{rewindId}/acknowledge",
    access: operators("octavo.rewinds.acknowledge"),
    summary: "End the alarm of a loss: somebody has looked after it",
    answers: [jsonAnswer(200, Rewind, "The loss")],
    errors: none,
  }),
  defineOperation({
    name: "rewinds.propose",
    method: "POST",
    path: "/_/octavo/rewinds/{rewindId}/propose",
    access: operators("octavo.rewinds.propose"),
    summary:
      "Write the lost changes once more, those that still make sense; the others are told with the reason",
    answers: [jsonAnswer(200, Rewind, "The loss, with what came of each change")],
    errors: none,
  }),
] as const;
