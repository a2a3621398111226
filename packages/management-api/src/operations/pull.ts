import { Type } from "typebox";
import { operators } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { ModuleSummary } from "../schemas/module-descriptor.ts";
import { PullDescriptor } from "../schemas/pull-descriptor.ts";

export const pullOperations = [
  defineOperation({
    name: "modules.pull",
    method: "POST",
    path: "/_/proxy/pull/modules",
    access: operators("okapi.proxy.pull.modules.post", "deployer"),
    summary: "Read module descriptors from another registry",
    body: requiredBody(PullDescriptor),
    answers: [jsonAnswer(200, Type.Array(ModuleSummary), "The modules that are new")],
    errors: { 404: "None of the sources answers" },
  }),
] as const;
