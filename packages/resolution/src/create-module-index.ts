import type { ModuleDescriptor } from "@octavo/descriptor";
import type { ModuleIndex } from "./module-index.ts";
import { byId, compareTexts, placeById } from "./module-order.ts";

/** Modules by some key, each list ordered by id. A list that a change does not touch is shared between indexes. */
type Lists = ReadonlyMap<string, readonly ModuleDescriptor[]>;

/** An index of these modules; where an id comes twice, the last one stays. */
export function indexModules(modules: readonly ModuleDescriptor[]): ModuleIndex {
  return emptyModuleIndex.with(modules);
}

class SharedModuleIndex implements ModuleIndex {
  readonly size: number;
  readonly #products: Lists;
  readonly #providers: Lists;
  readonly #providersOfAnyType: Lists;
  readonly #requirers: Lists;
  /** Made when somebody first asks: most writes never walk all modules. */
  #all: readonly ModuleDescriptor[] | null = null;

  constructor(size: number, products: Lists, providers: Lists, providersOfAnyType: Lists, requirers: Lists) {
    this.size = size;
    this.#products = products;
    this.#providers = providers;
    this.#providersOfAnyType = providersOfAnyType;
    this.#requirers = requirers;
  }

  get(id: string): ModuleDescriptor | undefined {
    return this.ofProduct(productOf(id)).find((module) => module.id === id);
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  ofProduct(product: string): readonly ModuleDescriptor[] {
    return this.#products.get(product) ?? [];
  }

  providersOf(interfaceId: string): readonly ModuleDescriptor[] {
    return this.#providers.get(interfaceId) ?? [];
  }

  providersOfAnyType(interfaceId: string): readonly ModuleDescriptor[] {
    return this.#providersOfAnyType.get(interfaceId) ?? [];
  }

  requirersOf(interfaceId: string): readonly ModuleDescriptor[] {
    return this.#requirers.get(interfaceId) ?? [];
  }

  all(): readonly ModuleDescriptor[] {
    this.#all ??= [...this.#products.keys()].sort(compareTexts).flatMap((product) => this.ofProduct(product));
    return this.#all;
  }

  with(added: readonly ModuleDescriptor[], removed: readonly string[] = []): ModuleIndex {
    const incoming = new Map(added.map((module) => [module.id, module]));
    const outgoing = new Set([...removed, ...incoming.keys()].map((id) => this.get(id)).filter(isKnown));
    const change = { added: [...incoming.values()], removed: outgoing };
    return new SharedModuleIndex(
      this.size + change.added.length - change.removed.size,
      changeLists(this.#products, change, (module) => [module.product]),
      changeLists(this.#providers, change, regularInterfacesOf),
      changeLists(this.#providersOfAnyType, change, (module) => module.provides.map(({ id }) => id)),
      changeLists(this.#requirers, change, neededInterfacesOf),
    );
  }
}

export const emptyModuleIndex: ModuleIndex = new SharedModuleIndex(
  0,
  new Map(),
  new Map(),
  new Map(),
  new Map(),
);

interface IndexChange {
  readonly added: readonly ModuleDescriptor[];
  readonly removed: ReadonlySet<ModuleDescriptor>;
}

function changeLists(
  lists: Lists,
  { added, removed }: IndexChange,
  keysOf: (module: ModuleDescriptor) => readonly string[],
): Lists {
  const result = new Map(lists);
  const touched = new Map<string, ModuleDescriptor[]>();
  for (const module of removed) for (const key of keysOf(module)) touched.set(key, []);
  for (const module of added) {
    for (const key of new Set(keysOf(module))) {
      const fresh = touched.get(key);
      if (fresh === undefined) touched.set(key, [module]);
      else fresh.push(module);
    }
  }
  for (const [key, fresh] of touched) {
    const kept = (lists.get(key) ?? []).filter((module) => !removed.has(module));
    const list = merged(kept, fresh);
    if (list.length === 0) result.delete(key);
    else result.set(key, list);
  }
  return result;
}

/** Few new ones find their places; many are sorted in: a list of 10,000 would otherwise be shifted 10,000 times. */
function merged(
  ordered: ModuleDescriptor[],
  fresh: readonly ModuleDescriptor[],
): readonly ModuleDescriptor[] {
  if (fresh.length > 16) return [...ordered, ...fresh].sort(byId);
  for (const module of fresh) ordered.splice(placeById(ordered, module, itself), 0, module);
  return ordered;
}

function itself(module: ModuleDescriptor): ModuleDescriptor {
  return module;
}

/** As parseModuleId splits, without reading the version: a look-up must not cost a parse. */
function productOf(id: string): string {
  const at = id.search(/-\d/);
  return at === -1 ? id : id.slice(0, at);
}

function regularInterfacesOf(module: ModuleDescriptor): readonly string[] {
  return module.provides.filter(({ type }) => type === "proxy").map(({ id }) => id);
}

function neededInterfacesOf(module: ModuleDescriptor): readonly string[] {
  return [...module.requires, ...module.optional].map(({ id }) => id);
}

function isKnown(module: ModuleDescriptor | undefined): module is ModuleDescriptor {
  return module !== undefined;
}
