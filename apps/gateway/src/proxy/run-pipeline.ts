import type { Stage } from "@octavo/routing";
import { decideInProcess } from "./decide-in-process.ts";
import type { DataPlane } from "./data-plane.ts";
import type { ModuleRequest } from "./module-request.ts";
import { Pipeline } from "./pipeline.ts";
import { noInstanceOf, refuse } from "./refuse.ts";
import { runningModule } from "./running-module.ts";
import { hasAuthFilter } from "./stage-rules.ts";

/** The general path: filters of all phases, redirects, and handlers of other types than request-response. Who may call is
 * decided by the tenant's auth filter where one stands before the handler, else in process. */
export async function runPipeline(
  plane: DataPlane,
  request: ModuleRequest,
  stages: readonly Stage[],
): Promise<void> {
  const missing = moduleThatDoesNotRun(request, stages);
  if (missing !== null) {
    refuse(request, "route", 404, noInstanceOf(missing));
    return;
  }
  if (hasAuthFilter(stages)) {
    await new Pipeline(plane, request, stages, null).run();
    return;
  }
  const decision = await decideInProcess(plane, request, stages);
  if (decision !== null) await new Pipeline(plane, request, stages, decision).run();
}

/** All are looked up before the first is called. */
function moduleThatDoesNotRun({ snapshot }: ModuleRequest, stages: readonly Stage[]): string | null {
  for (const { route } of stages) {
    if (route.entry.type === "redirect") continue;
    if (runningModule(snapshot, route.module.id) === null) return route.module.id;
  }
  return null;
}
