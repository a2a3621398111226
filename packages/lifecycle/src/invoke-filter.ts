import type { InvokeFilter } from "./calls-of-step.ts";

/** @param invoke "true", "false", or a regular expression over whole module ids that was checked when it came */
export function invokeFilter(invoke: string): InvokeFilter {
  if (invoke === "true") return () => true;
  if (invoke === "false") return () => false;
  const pattern = new RegExp(`^(?:${invoke})$`, "u");
  return (moduleId) => pattern.test(moduleId);
}
