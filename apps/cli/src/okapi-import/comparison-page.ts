import { columns } from "../columns.ts";
import type { CarryOver, Comparison } from "./compare-platforms.ts";

/** A comparison for people. */
export function comparisonPage({ carryOver, stays }: Comparison, isDone: boolean): string {
  const rows = carryOver.map((step) => rowOf(step));
  const verb = isDone ? "Carried over" : "Would be carried over";
  return [
    rows.length === 0 ? "Nothing is missing." : `${verb}:\n${columns(rows, "  ")}`,
    ...(stays.length === 0
      ? []
      : [`Differs, and stays as it is:\n${stays.map((line) => `  ${line}`).join("\n")}`]),
    ...(isDone ? [] : ["Nothing was changed."]),
  ].join("\n\n");
}

/** One step as a line. */
export function rowOf(step: CarryOver): readonly string[] {
  switch (step.kind) {
    case "modules":
      return ["modules", `${step.moduleIds.length} become known`];
    case "tenant":
      return ["tenant", step.tenant.id ?? ""];
    case "enable":
      return ["enable", `${step.moduleIds.length} for tenant ${step.tenantId}, without calling them`];
    case "instance": {
      const { instId = "", srvcId = "", url = "" } = step.instance;
      return [
        "instance",
        `${instId} of ${srvcId} at ${url}${step.moves === null ? "" : `, before at ${step.moves.url}`}`,
      ];
    }
    case "env":
      return ["variable", step.entry.name ?? ""];
    case "timer":
      return ["timer", `${step.timerId} of tenant ${step.tenantId}, as it was changed`];
  }
}
