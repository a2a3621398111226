import { compareInterfaceVersions, isCompatibleVersion, matchesVersionFilter } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor, VersionFilter } from "@octavo/descriptor";
import type { ModuleIndex } from "./module-index.ts";
import { byId } from "./module-order.ts";
import { okapiTexts } from "./okapi-texts.ts";

export interface AvailabilityOptions {
  /** Which known modules count as providers; those under test always do. */
  readonly versionFilter?: VersionFilter;
  /** Interfaces of the gateway itself; they count beside those of modules. */
  readonly gatewayProvides?: readonly InterfaceReference[];
}

/** Whether each tested module finds what it requires among the known ones, and no wrong version of what is optional to it.
 * Every type of interface counts here, as in Okapi.
 * @param known the tested modules among them
 * @returns Okapi's texts, one a line, in the order of `tested`; empty when all is well */
export function checkAvailable(
  known: ModuleIndex,
  tested: readonly ModuleDescriptor[],
  options: AvailabilityOptions = {},
): string {
  const check = new AvailabilityCheck(known, tested, options);
  return tested.flatMap((module) => check.problemsOf(module)).join("\n");
}

/** As checkAvailable, but a module that does not find what it requires is given up, and with it what only it provided.
 * @returns what is kept and what is given up, each ordered by id */
export function keepAvailable(
  known: ModuleIndex,
  tested: readonly ModuleDescriptor[],
  options: AvailabilityOptions = {},
): { readonly kept: readonly ModuleDescriptor[]; readonly givenUp: readonly ModuleDescriptor[] } {
  const check = new AvailabilityCheck(known, tested, options);
  const left = new Set([...tested].sort(byId));
  const failing = new Set([...left].filter((module) => check.fails(module)));
  const givenUp: ModuleDescriptor[] = [];
  for (let lost = lowest(failing); lost !== undefined; lost = lowest(failing)) {
    failing.delete(lost);
    left.delete(lost);
    givenUp.push(lost);
    check.giveUp(lost);
    // One at a time: with the provider of a wrong version an optional interface may be in order again.
    for (const module of usersOf(known, lost)) {
      if (!left.has(module)) continue;
      if (check.fails(module)) failing.add(module);
      else failing.delete(module);
    }
  }
  return { kept: [...left], givenUp: givenUp.sort(byId) };
}

/** Modules that require an interface of this module, or take it where it is. Ordered by id. */
export function usersOf(known: ModuleIndex, module: ModuleDescriptor): readonly ModuleDescriptor[] {
  const users = new Set(module.provides.flatMap(({ id }) => known.requirersOf(id)));
  return [...users].sort(byId);
}

function lowest(modules: Iterable<ModuleDescriptor>): ModuleDescriptor | undefined {
  let first: ModuleDescriptor | undefined;
  for (const module of modules) if (first === undefined || byId(module, first) < 0) first = module;
  return first;
}

class AvailabilityCheck {
  readonly #known: ModuleIndex;
  readonly #tested: ReadonlySet<string>;
  readonly #versionFilter: VersionFilter | null;
  readonly #gatewayProvides: readonly InterfaceReference[];
  readonly #givenUp = new Set<string>();

  constructor(known: ModuleIndex, tested: readonly ModuleDescriptor[], options: AvailabilityOptions) {
    this.#known = known;
    this.#tested = new Set(tested.map(({ id }) => id));
    this.#versionFilter = options.versionFilter ?? null;
    this.#gatewayProvides = options.gatewayProvides ?? [];
  }

  giveUp(module: ModuleDescriptor): void {
    this.#givenUp.add(module.id);
  }

  fails(module: ModuleDescriptor): boolean {
    return this.problemsOf(module).length > 0;
  }

  problemsOf(module: ModuleDescriptor): readonly string[] {
    return [
      ...module.requires.flatMap((need) => this.#problemOf(module, need, false)),
      ...module.optional.flatMap((need) => this.#problemOf(module, need, true)),
    ];
  }

  #problemOf(module: ModuleDescriptor, need: InterfaceReference, isOptional: boolean): readonly string[] {
    const provisions = this.#provisionsOf(need.id);
    if (provisions.some(({ version }) => isCompatibleVersion(version, need.version))) return [];
    if (this.#isMetByGateway(need)) return [];
    if (provisions.length === 0) {
      return isOptional ? [] : [okapiTexts.missingDependency(module.id, need.id, need.version)];
    }
    return [okapiTexts.incompatibleVersion(module.id, need.id, need.version, listed(provisions))];
  }

  #provisionsOf(interfaceId: string): readonly Provision[] {
    return this.#known
      .providersOfAnyType(interfaceId)
      .filter((module) => this.#isThere(module))
      .flatMap((module) =>
        module.provides
          .filter(({ id }) => id === interfaceId)
          .map(({ version }) => ({ moduleId: module.id, version })),
      );
  }

  #isThere(module: ModuleDescriptor): boolean {
    if (this.#givenUp.has(module.id)) return false;
    return (
      this.#versionFilter === null ||
      this.#tested.has(module.id) ||
      matchesVersionFilter(module, this.#versionFilter)
    );
  }

  #isMetByGateway(need: InterfaceReference): boolean {
    return this.#gatewayProvides.some(
      ({ id, version }) => id === need.id && isCompatibleVersion(version, need.version),
    );
  }
}

interface Provision {
  readonly moduleId: string;
  readonly version: string;
}

/** "3.0/moduleE-1.0.0 2.0/moduleC-1.0.0": each version, highest first, with the modules whose version is not above it. */
function listed(provisions: readonly Provision[]): string {
  const versions = [...new Set(provisions.map(({ version }) => version))];
  return versions
    .sort((a, b) => compareInterfaceVersions(b, a))
    .map((version) => {
      const modules = provisions.filter((other) => isCompatibleVersion(version, other.version));
      return [version, ...modules.map(({ moduleId }) => moduleId)].join("/");
    })
    .join(" ");
}
