import type { JsonObject, JsonValue } from "@octavo/json";
import type { PlanStep } from "@octavo/resolution";
import type { Job } from "./job.ts";

/** The steps of a plan as Okapi answers them (TenantModuleDescriptor without stage). */
export function planAsOkapi(steps: readonly PlanStep[]): readonly JsonObject[] {
  return steps.map((step) => {
    const fields: [string, JsonValue][] = [["id", step.id]];
    if (step.from !== null) fields.push(["from", step.from]);
    fields.push(["action", step.action]);
    return new Map(fields);
  });
}

/** The same once they were carried out: with what went wrong where errors were passed over. */
export function outcomeAsOkapi({ steps }: Job): readonly JsonObject[] {
  return steps.map(({ moduleId, from, action, message }) => {
    const fields: [string, JsonValue][] = [["id", moduleId]];
    if (from !== null) fields.push(["from", from]);
    fields.push(["action", action]);
    if (message !== null) fields.push(["message", message]);
    return new Map(fields);
  });
}
