import type { JsonObject } from "@octavo/json";
import type { Version } from "./version.ts";

/** What a module offers and what it needs, parsed: lists are never absent, absent scalars are null.
 * `source` is the accepted JSON, compact, key order kept: what is stored and printed back.
 * Parsed once (an id is immutable) and shared by every snapshot, so it is frozen by convention: nobody writes to it. */
export interface ModuleDescriptor {
  readonly id: string;
  readonly product: string;
  readonly version: Version;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly requires: readonly InterfaceReference[];
  readonly optional: readonly InterfaceReference[];
  readonly provides: readonly ProvidedInterface[];
  readonly filters: readonly RoutingEntry[];
  readonly permissionSets: readonly Permission[];
  /** Products, not ids: a product of this list is left out where a provider is searched for. */
  readonly replaces: readonly string[];
  readonly env: readonly EnvEntry[];
  readonly launchDescriptor: LaunchDescriptor | null;
  readonly metadata: JsonObject | null;
  readonly source: string;
}

/** A required or optional interface. `version` may list alternatives separated by spaces ("1.2 2.0"). */
export interface InterfaceReference {
  readonly id: string;
  readonly version: string;
  readonly scope: readonly string[];
}

export interface ProvidedInterface extends InterfaceReference {
  /** "system" also where the id starts with "_", whatever was written. */
  readonly type: InterfaceType;
  /** Written as "multiple": its handlers are reached by the module's id. Also where the id starts with "_", which makes it a
   * system interface in every other respect: release A has _jsonSchemas and _ramls (Okapi: getMultiRoutingEntries). */
  readonly isMultiple: boolean;
  readonly handlers: readonly RoutingEntry[];
  /** Its own JSON as in the descriptor's source, compact: for `interfaces?full=true`. */
  readonly source: string;
}

export type InterfaceType = "proxy" | "system" | "multiple" | "internal";

export type EntryType =
  | "request-response"
  | "request-response-1.0"
  | "request-only"
  | "request-log"
  | "headers"
  | "redirect"
  | "internal"
  | "system";

export interface RoutingEntry {
  readonly methods: readonly string[];
  readonly pathPattern: string | null;
  readonly path: string | null;
  readonly rewritePath: string | null;
  readonly phase: string | null;
  readonly level: string | null;
  readonly type: EntryType;
  readonly redirectPath: string | null;
  readonly unit: TimerUnit | null;
  readonly delay: string | null;
  readonly schedule: { readonly cron: string; readonly zone: string | null } | null;
  /** null is "the field was absent", which is refused on a non-system handler; [] is "any valid token". */
  readonly permissionsRequired: readonly string[] | null;
  readonly permissionsDesired: readonly string[];
  /** null is "the field was absent": the module gets the caller's own token; [] mints it one without permissions. */
  readonly modulePermissions: readonly string[] | null;
  readonly permissionsRequiredTenant: readonly string[] | null;
  readonly delegateCors: boolean;
}

export type TimerUnit = "millisecond" | "second" | "minute" | "hour" | "day";

export interface Permission {
  readonly permissionName: string;
  readonly replaces: readonly string[];
  readonly displayName: string | null;
  readonly description: string | null;
  readonly subPermissions: readonly string[];
  readonly visible: boolean | null;
}

export interface EnvEntry {
  readonly name: string;
  readonly value: string | null;
  readonly description: string | null;
  /** Whether the module cannot run without it; null where nobody said (Okapi 7.2, DR-000044). */
  readonly required: boolean | null;
}

export interface LaunchDescriptor {
  readonly exec: string | null;
  readonly cmdlineStart: string | null;
  readonly cmdlineStop: string | null;
  readonly dockerImage: string | null;
  readonly dockerPull: boolean | null;
  readonly dockerCmd: readonly string[];
  readonly dockerArgs: JsonObject | null;
  readonly waitIterations: number | null;
  readonly env: readonly EnvEntry[];
}
