import type { Stage } from "@octavo/routing";

/** How the stages of a pipeline follow each other (Okapi: ProxyService.getNewIterator, relayToResponse). */

export function isOk(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** What still runs after a stage has answered: everything after success; after a failure only filters with a phase, of
 * which pre and post filters do not decide anything for the others. */
export function stagesAfter(stage: Stage, status: number, rest: readonly Stage[]): readonly Stage[] {
  const { phase } = stage.route.entry;
  if (isOk(status) || phase === "pre" || phase === "post") return rest;
  return rest.filter(({ route }) => route.entry.phase !== null);
}

/** Whether a tenant's own auth filter decides on this request: one whose failure keeps the handler from being called. A
 * filter that only listens, or comes behind the handler by its level, protects nothing. */
export function hasAuthFilter(stages: readonly Stage[]): boolean {
  for (const { route } of stages) {
    if (route.entry.phase === "auth") {
      const { type } = route.entry;
      if (type !== "request-log" && type !== "redirect" && type !== "internal") return true;
    }
    if (route.isHandler) return false;
  }
  return false;
}
