import { anyOperator } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation, mebibyte, requiredBody } from "../define-operation.ts";
import { ExplainedPlan, PlanRequest } from "../schemas/plan.ts";

export const planOperations = [
  defineOperation({
    name: "plans.explain",
    method: "POST",
    path: "/_/octavo/tenants/{tenantId}/plan",
    access: anyOperator("octavo.plans.explain"),
    summary: "Tell what an install or upgrade would do, with a reason for each step; nothing changes",
    body: requiredBody(PlanRequest, mebibyte),
    answers: [jsonAnswer(200, ExplainedPlan, "The plan")],
    errors: { 400: "There is no such plan; the text says why", 404: "No such tenant" },
    writes: false,
  }),
] as const;
