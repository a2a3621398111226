import { anyToken } from "../access.ts";
import { textAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";

export const versionOperations = [
  defineOperation({
    name: "version.get",
    method: "GET",
    path: "/_/version",
    access: anyToken("okapi.version.get"),
    summary: "Get the version of Okapi whose API is served",
    answers: [textAnswer("The version")],
  }),
] as const;
