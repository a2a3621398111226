import type { JsonObject, JsonValue } from "@octavo/json";
import type { PlanStep } from "@octavo/resolution";

/** The steps of a plan as Okapi answers them (TenantModuleDescriptor without stage). */
export function planAsOkapi(steps: readonly PlanStep[]): readonly JsonObject[] {
  return steps.map((step) => {
    const fields: [string, JsonValue][] = [["id", step.id]];
    if (step.from !== null) fields.push(["from", step.from]);
    fields.push(["action", step.action]);
    return new Map(fields);
  });
}
