import { anyToken, everybody } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { anyObject } from "../schemas/any-object.ts";
import { VersionInfo } from "../schemas/version-info.ts";

export const octavoVersionOperations = [
  defineOperation({
    name: "octavo.version.get",
    method: "GET",
    path: "/_/octavo/version",
    access: anyToken("octavo.version.get"),
    summary: "Get the version of Octavo",
    answers: [jsonAnswer(200, VersionInfo, "The versions")],
  }),
  defineOperation({
    name: "openapi.get",
    method: "GET",
    path: "/_/octavo/openapi.json",
    access: everybody,
    summary: "Get the description of this API",
    answers: [jsonAnswer(200, anyObject("An OpenAPI 3.1 document"), "The OpenAPI document")],
  }),
] as const;
