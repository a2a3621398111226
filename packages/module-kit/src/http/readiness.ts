import type { ModuleDefinition } from "../definition/module.ts";
import type { HealthFact, RunningModule } from "../definition/part.ts";
import type { Trust } from "./caller.ts";

/** Whether the module should get requests, and why not: each fact alone can say no. */
export function readinessFacts(
  { parts }: ModuleDefinition,
  running: RunningModule,
  trust: Trust,
): readonly HealthFact[] {
  const isDraining = running.draining.aborted;
  const problem = trust.problem();
  return [
    { name: "drain", isReady: !isDraining, detail: isDraining ? "the process is ending" : "not ending" },
    { name: "trust", isReady: problem === null, detail: problem ?? trust.sentence },
    ...running.facts(),
    ...parts.flatMap(({ health }) => health?.(running) ?? []),
  ];
}
