import type { ModuleDescriptor } from "@octavo/descriptor";

/** All known modules, arranged so that no question walks all of them. Immutable: a change gives a new index that shares
 * what did not change. Iteration is by id in Okapi's order, whatever order the descriptors became known in. */
export interface ModuleIndex {
  readonly size: number;
  get(id: string): ModuleDescriptor | undefined;
  has(id: string): boolean;
  /** Versions of one product, oldest first. */
  ofProduct(product: string): readonly ModuleDescriptor[];
  /** Modules with a regular (proxy) interface of this id in `provides`, any version. */
  providersOf(interfaceId: string): readonly ModuleDescriptor[];
  /** Modules with an interface of this id and whatever type in `provides`: Okapi's checks of a posted descriptor count
   * system and multiple interfaces too. */
  providersOfAnyType(interfaceId: string): readonly ModuleDescriptor[];
  /** Modules with this interface id in `requires` or `optional`. */
  requirersOf(interfaceId: string): readonly ModuleDescriptor[];
  /** Every module, ordered by id. */
  all(): readonly ModuleDescriptor[];
  /** With `added` and without `removed`; a module whose id is known already is replaced. */
  with(added: readonly ModuleDescriptor[], removed?: readonly string[]): ModuleIndex;
}
