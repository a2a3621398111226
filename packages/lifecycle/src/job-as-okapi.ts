import type { JsonObject, JsonValue } from "@octavo/json";
import type { Job, JobStep, StepState } from "./job.ts";

/** A job as Okapi shows it (InstallJob): what existing clients poll. */
export function jobAsOkapi(job: Job): JsonObject {
  const fields: [string, JsonValue][] = [
    ["id", job.id],
    ["complete", job.endedAt !== null],
    ["startDate", job.startedAt],
  ];
  if (job.endedAt !== null) fields.push(["endDate", job.endedAt]);
  fields.push(["modules", job.steps.map(stepAsOkapi)]);
  return new Map(fields);
}

function stepAsOkapi(step: JobStep): JsonObject {
  const fields: [string, JsonValue][] = [["id", step.moduleId]];
  if (step.from !== null) fields.push(["from", step.from]);
  fields.push(["action", step.action]);
  if (step.message !== null) fields.push(["message", step.message]);
  fields.push(["stage", stageOf[step.state]]);
  return new Map(fields);
}

/** Okapi has no word for a step that failed, or was undone: it stays where it was and carries a message. */
const stageOf = {
  pending: "pending",
  intended: "invoke",
  done: "done",
  undone: "invoke",
  failed: "invoke",
  indeterminate: "invoke",
  "waiting-for-human": "invoke",
} satisfies Record<StepState, string>;
