import type { Route } from "./route.ts";

/** Something that the gateway calls by itself, once at a time for each tenant (interface `_timer`). */
export interface TimerDefinition {
  readonly route: Route;
  readonly when:
    | { readonly unit: "millisecond" | "second" | "minute" | "hour" | "day"; readonly delay: number }
    | { readonly cron: string; readonly zone?: string };
}

/** @param called a POST route whose path is not one of an interface; its `permissionsRequired` are not asked of the gateway */
export function timer(called: Route, when: TimerDefinition["when"]): TimerDefinition {
  return { route: called, when };
}
