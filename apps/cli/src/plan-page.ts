import { columns } from "./columns.ts";
import type { Paint } from "./terminal.ts";

/** A step of a plan as the API explains it. */
export interface ExplainedStep {
  readonly action: string;
  readonly id: string;
  /** The version that is replaced. */
  readonly from: string | null;
  /** One clause: "asked for", "required by mod-orders-1.0.0 for interface users 16.0". */
  readonly explanation: string;
}

interface Group {
  readonly title: string;
  readonly holds: (step: ExplainedStep) => boolean;
  readonly paint: keyof Paint;
  /** In the count at the end: "3 to enable". */
  readonly counted: string;
}

const groups: readonly Group[] = [
  {
    title: "Enable",
    holds: (step) => step.action === "enable" && step.from === null,
    paint: "good",
    counted: "to enable",
  },
  {
    title: "Upgrade",
    holds: (step) => step.action === "enable" && step.from !== null,
    paint: "good",
    counted: "to upgrade",
  },
  { title: "Disable", holds: (step) => step.action === "disable", paint: "warn", counted: "to disable" },
  { title: "Unchanged", holds: (step) => step.action === "uptodate", paint: "dim", counted: "unchanged" },
];

/** A plan for people: by what happens, each step with its place in the order and its reason, counts at the end. */
export function planPage(tenantId: string, steps: readonly ExplainedStep[], paint: Paint): string {
  if (steps.length === 0) return `Nothing to do for tenant ${tenantId}.`;
  const numbered = steps.map((step, index) => ({
    step,
    place: String(index + 1).padStart(String(steps.length).length),
  }));
  const shown = groups.map((group) => ({ group, members: numbered.filter(({ step }) => group.holds(step)) }));
  const parts = shown.flatMap(({ group, members }) => {
    if (members.length === 0) return [];
    const rows = members.map(({ step, place }) => [
      place,
      step.from === null || step.from === step.id ? step.id : `${step.from} -> ${step.id}`,
      paint.dim(step.explanation),
    ]);
    return [`${paint[group.paint](group.title)}\n${columns(rows, "  ")}`];
  });
  const counts = shown.flatMap(({ group, members }) =>
    members.length === 0 ? [] : [`${members.length} ${group.counted}`],
  );
  const total = `${steps.length} ${steps.length === 1 ? "step" : "steps"} for tenant ${tenantId}: ${counts.join(", ")}.`;
  return [...parts, `${paint.bold(total)} Numbers give the order. Nothing was changed.`].join("\n\n");
}
