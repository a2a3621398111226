import { isCompatibleVersion } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import type { ModuleIndex } from "./module-index.ts";
import { byId, compareTexts } from "./module-order.ts";

/** Permission names of one module that nobody defines, or that others define too. */
export interface PermissionWarnings {
  readonly moduleId: string;
  readonly warnings: readonly string[];
}

/** Looks through the permission names of a tenant's modules. Names that a module uses while one of its optional interfaces is
 * provided by no known module are not judged: their definition may be there.
 * @returns warnings in Okapi's words, for modules that have any, ordered by id */
export function checkPermissionNames(
  known: ModuleIndex,
  enabledIds: readonly string[],
): readonly PermissionWarnings[] {
  const enabled = enabledIds.flatMap((id) => known.get(id) ?? []).sort(byId);
  const enabledSet = new Set(enabled);
  const names = new PermissionNames();
  for (const module of enabled) {
    names.define(module);
    let isComplete = true;
    for (const need of module.optional) {
      const providers = providersOf(known, need);
      if (providers.some((provider) => enabledSet.has(provider))) continue;
      const [newest] = newestOfFirstProduct(providers);
      if (newest === undefined) isComplete = false;
      else names.define(newest);
    }
    names.use(module, isComplete);
  }
  return names.warnings();
}

const USES = ["modulePermissions", "permissionsRequired", "permissionsDesired", "subPermissions"] as const;
type Use = (typeof USES)[number];
type ModulesByName = Map<string, Set<ModuleDescriptor>>;

class PermissionNames {
  readonly #defined: ModulesByName = new Map();
  readonly #used: Readonly<Record<Use, ModulesByName>> = {
    modulePermissions: new Map(),
    permissionsRequired: new Map(),
    permissionsDesired: new Map(),
    subPermissions: new Map(),
  };
  readonly #unjudged = new Set<string>();

  define(module: ModuleDescriptor): void {
    for (const { permissionName } of module.permissionSets) note(this.#defined, permissionName, module);
  }

  /** @param isComplete whether all that the module may refer to is known */
  use(module: ModuleDescriptor, isComplete: boolean): void {
    const noteAll = (use: Use, names: readonly string[]): void => {
      for (const name of names) {
        note(this.#used[use], name, module);
        if (!isComplete) this.#unjudged.add(name);
      }
    };
    for (const { type, handlers } of module.provides) {
      if (type !== "proxy") continue;
      for (const handler of handlers) {
        noteAll("modulePermissions", handler.modulePermissions ?? []);
        noteAll("permissionsRequired", handler.permissionsRequired ?? []);
        noteAll("permissionsDesired", handler.permissionsDesired);
      }
    }
    for (const { subPermissions } of module.permissionSets) noteAll("subPermissions", subPermissions);
  }

  warnings(): readonly PermissionWarnings[] {
    const found = new Map<ModuleDescriptor, string[]>();
    const warn = (modules: Iterable<ModuleDescriptor>, text: string): void => {
      for (const module of modules) found.set(module, [...(found.get(module) ?? []), text]);
    };
    for (const use of USES) {
      for (const [name, modules] of inOrder(this.#used[use])) {
        if (this.#isUndefined(name, use)) warn(modules, `Undefined permission '${name}' in ${use}`);
      }
    }
    for (const [name, modules] of inOrder(this.#defined)) {
      if (modules.size < 2) continue;
      const ids = [...modules].sort(byId).map(({ id }) => id);
      warn(modules, `Permission '${name}' defined in multiple modules: ${ids.join(", ")}`);
    }
    return [...found]
      .sort(([a], [b]) => byId(a, b))
      .map(([module, warnings]) => ({ moduleId: module.id, warnings }));
  }

  /** A name that some route requires is reported there, and not again where it is passed on. */
  #isUndefined(name: string, use: Use): boolean {
    if (this.#defined.has(name) || this.#unjudged.has(name)) return false;
    const isPassedOn = use === "modulePermissions" || use === "subPermissions";
    return !(isPassedOn && this.#used.permissionsRequired.has(name));
  }
}

function note(modulesByName: ModulesByName, name: string, module: ModuleDescriptor): void {
  const modules = modulesByName.get(name);
  if (modules === undefined) modulesByName.set(name, new Set([module]));
  else modules.add(module);
}

function inOrder(modulesByName: ModulesByName): readonly [string, Set<ModuleDescriptor>][] {
  return [...modulesByName].sort(([a], [b]) => compareTexts(a, b));
}

function providersOf(known: ModuleIndex, need: InterfaceReference): readonly ModuleDescriptor[] {
  return known
    .providersOf(need.id)
    .filter((module) =>
      module.provides.some(
        (own) => own.type === "proxy" && own.id === need.id && isCompatibleVersion(own.version, need.version),
      ),
    );
}

/** @param modules ordered by id */
function newestOfFirstProduct(modules: readonly ModuleDescriptor[]): readonly ModuleDescriptor[] {
  const replaced = new Set(modules.flatMap(({ replaces }) => replaces));
  const left = modules.filter(({ product }) => !replaced.has(product));
  return left.filter(({ product }) => product === left[0]?.product).slice(-1);
}
