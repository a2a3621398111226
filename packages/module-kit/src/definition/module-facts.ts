import type { InterfaceDefinition } from "./interface.ts";
import type { PermissionDefinition } from "./permission.ts";
import type { Step } from "@octavo/migrations";
import type { TimerDefinition } from "./timer.ts";

/** A module with what its parts have brought, lists never absent. */
export interface ModuleFacts {
  /** Product, "octavo-tags". */
  readonly name: string;
  readonly version: string;
  /** `<name>-<version>`. */
  readonly id: string;
  readonly title: string;
  readonly interfaces: readonly InterfaceDefinition[];
  readonly requires: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
  readonly permissionSets: readonly PermissionDefinition[];
  readonly foreignPermissions: readonly string[];
  readonly timers: readonly TimerDefinition[];
  readonly steps: readonly Step[];
  readonly replaces: readonly string[];
  readonly isolation: "schema" | "database";
  readonly pushesIdentity: boolean;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly description?: string }[];
}
