import type { ModuleDescriptor, RoutingEntry } from "@octavo/descriptor";
import type { Pattern } from "./pattern.ts";

/** One routing entry of an enabled module, ready to be matched. Made once for each module and shared by all tables. */
export interface Route {
  readonly module: ModuleDescriptor;
  readonly entry: RoutingEntry;
  readonly pattern: Pattern;
  readonly isHandler: boolean;
  /** Where in the pipeline: compared as text, "10" auth, "40" pre, "50" handler, "60" post; an explicit level wins. */
  readonly level: string;
}

const levelOfPhase: Readonly<Record<string, string>> = { auth: "10", pre: "40", post: "60" };

export function levelOf(entry: RoutingEntry): string {
  return entry.level ?? (entry.phase === null ? "50" : (levelOfPhase[entry.phase] ?? "50"));
}
