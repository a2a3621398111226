/** A descriptor, as far as it is read here. */
export interface DescribedModule {
  readonly id: string;
  readonly descriptor: {
    readonly provides?: readonly { readonly id: string }[];
    readonly requires?: readonly { readonly id: string; readonly version: string }[];
  };
}

export interface Completeness<M extends DescribedModule> {
  /** Those that find among themselves, or at the gateway, all that they require. */
  readonly complete: readonly M[];
  readonly lacking: readonly { readonly id: string; readonly interfaces: readonly string[] }[];
}

/** Of every tenant without a module for it (DECISIONS 7). */
const OF_THE_GATEWAY = ["authtoken", "authtoken2"];

/** Parts the modules that run here into those that can be enabled by themselves and the others: what a release describes is not running. */
export function completeModules<M extends DescribedModule>(modules: readonly M[]): Completeness<M> {
  let complete = modules;
  for (let before = -1; before !== complete.length;) {
    before = complete.length;
    const there = new Set([...OF_THE_GATEWAY, ...complete.flatMap(providedBy)]);
    complete = complete.filter(({ descriptor }) => lackedBy(descriptor, there).length === 0);
  }
  const there = new Set([...OF_THE_GATEWAY, ...complete.flatMap(providedBy)]);
  const lacking = modules
    .filter((module) => !complete.includes(module))
    .map(({ id, descriptor }) => ({ id, interfaces: lackedBy(descriptor, there) }));
  return { complete, lacking };
}

function providedBy({ descriptor }: DescribedModule): readonly string[] {
  return (descriptor.provides ?? []).map(({ id }) => id);
}

function lackedBy(
  { requires = [] }: DescribedModule["descriptor"],
  there: ReadonlySet<string>,
): readonly string[] {
  return requires.map(({ id }) => id).filter((id) => !there.has(id));
}
