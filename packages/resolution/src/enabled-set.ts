import { isCompatibleVersion } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import { byId, compareTexts, placeById } from "./module-order.ts";

/** An interface with the module that provides or needs it. */
export interface InterfaceUse {
  readonly module: ModuleDescriptor;
  readonly interface: InterfaceReference;
}

/** The modules that would be enabled, while a plan is being made. Each list of uses is ordered by module id.
 *
 * It knows which interfaces a change has touched, so that a pass of the repair looks at these alone. */
export class EnabledSet {
  readonly #modules = new Map<string, ModuleDescriptor>();
  readonly #products = new Map<string, ModuleDescriptor[]>();
  readonly #providers = new Map<string, InterfaceUse[]>();
  readonly #requirers = new Map<string, InterfaceUse[]>();
  readonly #users = new Map<string, InterfaceUse[]>();
  readonly #touched = new Set<string>();
  readonly #gatewayProvides: readonly InterfaceReference[];

  constructor(modules: Iterable<ModuleDescriptor>, gatewayProvides: readonly InterfaceReference[]) {
    this.#gatewayProvides = gatewayProvides;
    for (const module of modules) this.add(module);
  }

  has(id: string): boolean {
    return this.#modules.has(id);
  }

  /** Ordered by id. */
  modules(): readonly ModuleDescriptor[] {
    return [...this.#modules.values()].sort(byId);
  }

  /** Enabled versions of a product, oldest first: one, unless the tenant was in disorder or two were asked for. */
  ofProduct(product: string): readonly ModuleDescriptor[] {
    return this.#products.get(product) ?? [];
  }

  /** Regular provisions of an interface. */
  providersOf(interfaceId: string): readonly InterfaceUse[] {
    return this.#providers.get(interfaceId) ?? [];
  }

  /** Uses of an interface in `requires`. */
  requirersOf(interfaceId: string): readonly InterfaceUse[] {
    return this.#requirers.get(interfaceId) ?? [];
  }

  /** Uses of an interface in `requires` or `optional`. */
  usersOf(interfaceId: string): readonly InterfaceUse[] {
    return this.#users.get(interfaceId) ?? [];
  }

  add(module: ModuleDescriptor): void {
    if (this.has(module.id)) return;
    this.#modules.set(module.id, module);
    const product = this.#products.get(module.product) ?? [];
    product.splice(
      placeById(product, module, (other) => other),
      0,
      module,
    );
    this.#products.set(module.product, product);
    this.#forEachUse(module, (uses, use) => {
      const list = uses.get(use.interface.id) ?? [];
      list.splice(
        placeById(list, module, (other) => other.module),
        0,
        use,
      );
      uses.set(use.interface.id, list);
    });
  }

  remove(id: string): void {
    const module = this.#modules.get(id);
    if (module === undefined) return;
    this.#modules.delete(id);
    this.#products.set(
      module.product,
      this.ofProduct(module.product).filter((other) => other !== module),
    );
    this.#forEachUse(module, (uses, { interface: { id: interfaceId } }) => {
      const list = (uses.get(interfaceId) ?? []).filter((use) => use.module !== module);
      if (list.length === 0) uses.delete(interfaceId);
      else uses.set(interfaceId, list);
    });
  }

  /** Whether the gateway itself meets a requirement, because no module here provides the interface. */
  isMetByGateway(required: InterfaceReference): boolean {
    return (
      !this.#providers.has(required.id) &&
      this.#gatewayProvides.some(
        (own) => own.id === required.id && isCompatibleVersion(own.version, required.version),
      )
    );
  }

  /** Interfaces that are provided twice, missing or of a wrong version; ordered by id. An interface that is in order
   * stays so until a module that provides or needs it is added or removed. */
  troubledInterfaces(): readonly string[] {
    for (const interfaceId of this.#touched) {
      if (this.#isInOrder(interfaceId)) this.#touched.delete(interfaceId);
    }
    return [...this.#touched].sort(compareTexts);
  }

  #isInOrder(interfaceId: string): boolean {
    const [provider, second] = this.providersOf(interfaceId);
    if (second !== undefined) return false;
    if (provider === undefined)
      return this.requirersOf(interfaceId).every((use) => this.isMetByGateway(use.interface));
    return this.usersOf(interfaceId).every((use) =>
      isCompatibleVersion(provider.interface.version, use.interface.version),
    );
  }

  #forEachUse(
    module: ModuleDescriptor,
    change: (uses: Map<string, InterfaceUse[]>, use: InterfaceUse) => void,
  ): void {
    const visit = (uses: Map<string, InterfaceUse[]>, references: readonly InterfaceReference[]): void => {
      for (const reference of references) {
        this.#touched.add(reference.id);
        change(uses, { module, interface: reference });
      }
    };
    visit(
      this.#providers,
      module.provides.filter(({ type }) => type === "proxy"),
    );
    visit(this.#requirers, module.requires);
    visit(this.#users, module.requires);
    visit(this.#users, module.optional);
  }
}
