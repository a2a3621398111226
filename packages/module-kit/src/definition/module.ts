import type { InterfaceDefinition } from "./interface.ts";
import type { ModuleFacts } from "./module-facts.ts";
import { moduleMistakes } from "./module-mistakes.ts";
import type { ModulePart } from "./part.ts";
import type { PermissionDefinition } from "./permission.ts";
import type { Step } from "@octavo/migrations";
import type { TimerDefinition } from "./timer.ts";

/** What a module says of itself, as its author writes it. */
export interface ModuleInput {
  /** Product, "octavo-tags". */
  readonly name: string;
  /** "1.0.0", semantic. */
  readonly version: string;
  /** For people: "Tags". */
  readonly title: string;
  readonly interfaces: readonly InterfaceDefinition[];
  /** Interfaces of other modules that it calls, `{ users: "15.0 16.0" }`. */
  readonly requires?: Readonly<Record<string, string>>;
  readonly optional?: Readonly<Record<string, string>>;
  readonly permissionSets?: readonly PermissionDefinition[];
  /** Permissions that its routes name and that are another module's to describe. */
  readonly foreignPermissions?: readonly string[];
  readonly timers?: readonly TimerDefinition[];
  /** Its tables, from the first version on. A module with steps has a schema for each tenant. */
  readonly steps?: readonly Step[];
  /** Collections, jobs and whatever else brings tables, loops or interfaces along. */
  readonly parts?: readonly ModulePart[];
  /** Products that it stands for: it must provide all that they do. */
  readonly replaces?: readonly string[];
  /** "database": a database of its own for each tenant; without it a schema in whatever database the configuration gives. */
  readonly isolation?: "schema" | "database";
  /** Environment variables of its own, for the launch descriptor. */
  readonly env?: ModuleFacts["env"];
}

export interface ModuleDefinition extends ModuleFacts {
  readonly parts: readonly ModulePart[];
}

/** States a module. Interfaces, timers and steps of its parts are among its own, in the order of the parts and before those that it
 * states itself.
 * @throws Error that names every mistake: a route twice, an interface twice, a path parameter without a name ... */
export function defineModule(input: ModuleInput): ModuleDefinition {
  const parts = input.parts ?? [];
  const module: ModuleDefinition = {
    name: input.name,
    version: input.version,
    id: `${input.name}-${input.version}`,
    title: input.title,
    interfaces: [...parts.flatMap(({ interfaces = [] }) => interfaces), ...input.interfaces],
    requires: input.requires ?? {},
    optional: input.optional ?? {},
    permissionSets: input.permissionSets ?? [],
    foreignPermissions: input.foreignPermissions ?? [],
    timers: [...parts.flatMap(({ timers = [] }) => timers), ...(input.timers ?? [])],
    steps: [...parts.flatMap(({ steps = [] }) => steps), ...(input.steps ?? [])],
    parts,
    replaces: input.replaces ?? [],
    isolation: input.isolation ?? "schema",
    pushesIdentity: parts.some(({ pushesIdentity }) => pushesIdentity === true),
    env: input.env ?? [],
  };
  const mistakes = moduleMistakes(module);
  if (mistakes.length > 0) throw new Error(`Module ${module.id} cannot be: ${mistakes.join("; ")}`);
  return module;
}
