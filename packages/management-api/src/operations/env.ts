import { Type } from "typebox";
import { operators } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { EnvEntry } from "../schemas/env-entry.ts";

// Values are often passwords of databases, so a viewer may not read them.
export const envOperations = [
  defineOperation({
    name: "env.list",
    method: "GET",
    path: "/_/env",
    access: operators("okapi.env.list", "deployer"),
    summary: "List the environment variables that modules are started with",
    answers: [jsonAnswer(200, Type.Array(EnvEntry), "The variables, ordered by name")],
  }),
  defineOperation({
    name: "env.create",
    method: "POST",
    path: "/_/env",
    access: operators("okapi.env.post", "deployer"),
    summary: "Set an environment variable for modules",
    body: requiredBody(EnvEntry),
    answers: [jsonAnswer(201, EnvEntry, "It is set; Location names it")],
    errors: { 400: "Name or value is missing" },
  }),
  defineOperation({
    name: "env.get",
    method: "GET",
    path: "/_/env/{id}",
    access: operators("okapi.env.get", "deployer"),
    summary: "Get an environment variable",
    answers: [jsonAnswer(200, EnvEntry, "The variable")],
    errors: { 404: "No such variable" },
  }),
  defineOperation({
    name: "env.delete",
    method: "DELETE",
    path: "/_/env/{id}",
    access: operators("okapi.env.delete", "deployer"),
    summary: "Remove an environment variable",
    answers: [emptyAnswer("It is removed")],
    errors: { 404: "No such variable" },
  }),
] as const;
