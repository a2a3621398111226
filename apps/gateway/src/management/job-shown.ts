import type { CallRecord, Job, JobPart, JobStep } from "@octavo/lifecycle";
import type { JsonObject, JsonValue } from "@octavo/json";
import { explainStep } from "@octavo/resolution";
import { choices } from "./job-texts.ts";
import { presentFields } from "./reply.ts";

/** A job without its calls. */
export function jobShown(job: Job): JsonObject {
  return shown(job, false);
}

export function jobFullyShown(job: Job): JsonObject {
  return shown(job, true);
}

function shown(job: Job, withCalls: boolean): JsonObject {
  const extra: readonly JsonValue[] = [
    ...(job.closing === null ? [] : [partShown("close", job.closing, withCalls)]),
    ...(job.undo === null ? [] : [partShown("undo", job.undo, withCalls)]),
  ];
  return presentFields([
    ["id", job.id],
    ["tenantId", job.tenantId],
    ["kind", job.kind],
    ["state", job.state],
    ["since", job.since],
    ["startedAt", job.startedAt],
    ["endedAt", job.endedAt],
    ["deadline", job.deadline],
    ["requestedBy", job.requestedBy],
    ["requestId", job.requestId],
    ["cancelledBy", job.cancelledBy],
    ["owner", job.owner],
    ["epoch", job.epoch],
    ["onFailure", job.plan.options.onFailure],
    ["message", job.message],
    ["choices", job.state === "waiting-for-human" ? choices(job) : null],
    ["stepsDone", job.steps.filter(({ state }) => state === "done").length],
    ["stepsTotal", job.steps.length],
    ["steps", [...job.steps.map((step, number) => stepShown(job, step, number, withCalls)), ...extra]],
  ]);
}

function stepShown(job: Job, step: JobStep, number: number, withCalls: boolean): JsonObject {
  const planned = job.plan.steps[number];
  return presentFields([
    ["moduleId", step.moduleId],
    ["action", step.action],
    ["from", step.from],
    // Of jobs from before there were reasons there is none.
    ["reason", planned?.reason === undefined ? null : explainStep(planned)],
    ["state", step.state],
    ["message", step.message],
    ["calls", withCalls ? step.calls.map(callShown) : null],
  ]);
}

function partShown(action: "close" | "undo", part: JobPart, withCalls: boolean): JsonObject {
  return presentFields([
    ["action", action],
    ["state", part.state],
    ["message", part.message],
    ["calls", withCalls ? part.calls.map(callShown) : null],
  ]);
}

function callShown(call: CallRecord): JsonObject {
  const { planned } = call;
  const what: readonly (readonly [string, JsonValue])[] =
    planned.kind === "switch"
      ? [
          ["enable", planned.enable],
          ["disable", planned.disable],
        ]
      : [
          ["moduleId", planned.moduleId],
          ["about", planned.about],
          ["method", planned.method],
          ["path", planned.path],
          ["isRepeatable", planned.isRepeatable],
        ];
  return presentFields([
    ["call", planned.kind],
    ...what,
    ["state", call.state],
    ["attempts", call.attempts],
    ["instanceId", call.instanceId],
    ["moduleJob", call.moduleJob],
    ["message", call.message],
  ]);
}
