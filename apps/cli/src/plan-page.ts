import type { ExplainedPlan, PlanStep, PublicRoute } from "@octavo/client";
import { columns } from "./columns.ts";
import type { Paint } from "./terminal.ts";

interface Group {
  readonly title: string;
  readonly holds: (step: PlanStep) => boolean;
  readonly paint: keyof Paint;
  /** In the count at the end: "3 to enable". */
  readonly counted: string;
}

const groups: readonly Group[] = [
  {
    title: "Enable",
    holds: (step) => step.action === "enable" && step.from === undefined,
    paint: "good",
    counted: "to enable",
  },
  {
    title: "Upgrade",
    holds: (step) => step.action === "enable" && step.from !== undefined,
    paint: "good",
    counted: "to upgrade",
  },
  { title: "Disable", holds: (step) => step.action === "disable", paint: "warn", counted: "to disable" },
  { title: "Unchanged", holds: (step) => step.action === "uptodate", paint: "dim", counted: "unchanged" },
];

/** A plan for people: by what happens, each step with its place in the order and its reason, counts at the end. */
export function planPage({ tenant, steps, publicRoutes = [] }: ExplainedPlan, paint: Paint): string {
  if (steps.length === 0) return `Nothing to do for tenant ${tenant}.`;
  const numbered = steps.map((step, index) => ({
    step,
    place: String(index + 1).padStart(String(steps.length).length),
  }));
  const shown = groups.map((group) => ({ group, members: numbered.filter(({ step }) => group.holds(step)) }));
  const parts = shown.flatMap(({ group, members }) => {
    if (members.length === 0) return [];
    const rows = members.map(({ step, place }) => [place, idOf(step), paint.dim(reasonOf(step))]);
    return [`${paint[group.paint](group.title)}\n${columns(rows, "  ")}`];
  });
  const counts = shown.flatMap(({ group, members }) =>
    members.length === 0 ? [] : [`${members.length} ${group.counted}`],
  );
  const total = `${steps.length} ${steps.length === 1 ? "step" : "steps"} for tenant ${tenant}: ${counts.join(", ")}.`;
  return [
    ...parts,
    ...publicRoutesPart(publicRoutes, paint),
    `${paint.bold(total)} Numbers give the order. Nothing was changed.`,
  ].join("\n\n");
}

function idOf({ from, id }: PlanStep): string {
  return from === undefined || from === id ? id : `${from} -> ${id}`;
}

function reasonOf({ explanation, interruption }: PlanStep): string {
  return interruption === undefined ? explanation : `${explanation}; ${interruption}`;
}

function publicRoutesPart(routes: readonly PublicRoute[], paint: Paint): readonly string[] {
  if (routes.length === 0) return [];
  const rows = routes.map(({ method, path, moduleId }) => [method, path, paint.dim(moduleId)]);
  return [`${paint.warn("Opened to callers without a token")}\n${columns(rows, "  ")}`];
}
