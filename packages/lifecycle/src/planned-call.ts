import type { RoutingEntry } from "@octavo/descriptor";

/** One thing that a step does, so precisely that whoever carries it out has no choice left. Kept as JSON with the job. */
export type PlannedCall = ModuleCall | SwitchCall;

/** A module is asked for something by HTTP. */
export interface ModuleCall {
  readonly kind: "permissions" | "tenant" | "purge";
  /** Who is called. */
  readonly moduleId: string;
  /** The module that it is about: for `permissions` the one whose permissions they are. */
  readonly about: string;
  readonly method: "POST" | "DELETE";
  readonly path: string;
  /** "" for none. */
  readonly body: string;
  /** Where a job that the module begins is looked at and removed; null where the module may begin none. */
  readonly job: { readonly get: string; readonly delete: string } | null;
  /** It may be sent again where it is not known whether it was carried out. */
  readonly isRepeatable: boolean;
  /** The step goes on where it fails. */
  readonly mayFail: boolean;
}

/** The tenant's list of enabled modules changes, in one revision. */
export interface SwitchCall {
  readonly kind: "switch";
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

/** Path of an entry as Okapi calls it: the old `path` where there is one. */
export function staticPath({ path, pathPattern }: RoutingEntry): string {
  return (path === null || path === "" ? pathPattern : path) ?? "";
}

export function takes(entry: RoutingEntry, method: string): boolean {
  return entry.methods.includes(method) || entry.methods.includes("*");
}
