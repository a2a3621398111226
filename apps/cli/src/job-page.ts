import type { Job } from "@octavo/client";
import { columns } from "./columns.ts";
import type { Paint } from "./terminal.ts";

type Step = Job["steps"][number];
type Call = NonNullable<Step["calls"]>[number];

/** A job for people: what it is, what it waits for, each step, and of steps that are not done each call. */
export function jobPage(job: Job, paint: Paint): string {
  const facts = [
    ["Tenant", job.tenantId],
    ["State", `${paintState(job.state, paint)} since ${job.since}`],
    ["Asked by", `${job.requestedBy} at ${job.startedAt}`],
    ...(job.owner === undefined ? [] : [["Driven by", `instance ${job.owner}, epoch ${job.epoch}`]]),
    ...(job.deadline === undefined || job.endedAt !== undefined ? [] : [["Until", job.deadline]]),
    ...(job.cancelledBy === undefined ? [] : [["Cancelled by", job.cancelledBy]]),
    ["On failure", job.onFailure],
    ...(job.message === undefined ? [] : [["Because", job.message]]),
  ];
  const rows = job.steps.map((step, at) => [
    String(at + 1),
    step.moduleId ?? "",
    step.action,
    paintState(step.state, paint),
    step.message ?? paint.dim(step.reason ?? ""),
  ]);
  return [
    `${paint.bold(`${job.kind} job ${job.id}`)}\n${columns(facts, "  ")}`,
    rows.length === 0 ? "It has no steps." : columns(rows, "  "),
    ...callsPart(job.steps, paint),
    ...(job.choices === undefined ? [] : [paint.warn(job.choices)]),
  ].join("\n\n");
}

/** Of a step that is done nobody asks which calls it made. */
function callsPart(steps: readonly Step[], paint: Paint): readonly string[] {
  const open = steps.filter(({ state }) => !["done", "pending", "undone"].includes(state));
  return open.flatMap(({ moduleId, calls = [] }) =>
    calls.length === 0
      ? []
      : [
          `${paint.bold(`Calls of ${moduleId ?? "the end"}`)}\n${columns(
            calls.map((call) => callRow(call, paint)),
            "  ",
          )}`,
        ],
  );
}

function callRow(call: Call, paint: Paint): readonly string[] {
  const what =
    call.call === "switch"
      ? `switch: ${[...(call.enable ?? []).map((id) => `+${id}`), ...(call.disable ?? []).map((id) => `-${id}`)].join(" ")}`
      : `${call.method} ${call.path} of ${call.moduleId}`;
  const more = [
    ...(call.moduleJob === undefined ? [] : [`its own job ${call.moduleJob}`]),
    ...(call.message === undefined ? [] : [call.message]),
  ];
  return [call.call, what, paintState(call.state, paint), more.join("; ")];
}

/** Jobs as rows of a table. */
export function jobRow(job: Job, paint: Paint): readonly string[] {
  const { id, tenantId, kind, state, stepsDone, stepsTotal, startedAt } = job;
  return [
    id,
    tenantId,
    kind,
    paintState(state, paint),
    `${stepsDone}/${stepsTotal}`,
    startedAt,
    job.message ?? "",
  ];
}

function paintState(state: string, paint: Paint): string {
  if (state === "done") return paint.good(state);
  if (state === "failed" || state === "indeterminate") return paint.bad(state);
  return state === "waiting-for-human" || state === "undone" ? paint.warn(state) : state;
}
