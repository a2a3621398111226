import { parseModuleId } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor, Permission, ProvidedInterface } from "@octavo/descriptor";
import fc from "fast-check";
import type { PlanOptions } from "./plan-options.ts";
import type { PlanStep, WantedModule } from "./plan.ts";

/** A module in short: "int 1.0" or "int 1.0 2.0" stands for an interface, an object for what that cannot say. */
export interface ModuleSketch {
  readonly id: string;
  readonly provides?: readonly (string | InterfaceSketch)[];
  readonly requires?: readonly (string | InterfaceSketch)[];
  readonly optional?: readonly (string | InterfaceSketch)[];
  readonly replaces?: readonly string[];
  readonly permissionSets?: readonly {
    readonly permissionName: string;
    readonly subPermissions?: readonly string[];
  }[];
}

interface InterfaceSketch {
  readonly id: string;
  readonly version: string;
  readonly interfaceType?: string;
  readonly scope?: readonly string[];
  readonly handlers?: readonly HandlerSketch[];
}

interface HandlerSketch {
  readonly permissionsRequired?: readonly string[];
  readonly permissionsDesired?: readonly string[];
  readonly modulePermissions?: readonly string[];
}

export function describeModule(sketch: ModuleSketch): ModuleDescriptor {
  const ref = parseModuleId(sketch.id);
  if (!ref.ok || ref.value.version === null) throw new Error(`not the id of a module: ${sketch.id}`);
  return {
    id: sketch.id,
    product: ref.value.product,
    version: ref.value.version,
    name: null,
    tags: [],
    requires: (sketch.requires ?? []).map(describeReference),
    optional: (sketch.optional ?? []).map(describeReference),
    provides: (sketch.provides ?? []).map(describeProvided),
    filters: [],
    permissionSets: (sketch.permissionSets ?? []).map(describePermission),
    replaces: sketch.replaces ?? [],
    env: [],
    launchDescriptor: null,
    metadata: null,
    source: "{}",
  };
}

function asSketch(text: string | InterfaceSketch): InterfaceSketch {
  if (typeof text !== "string") return text;
  const space = text.indexOf(" ");
  return { id: text.slice(0, space), version: text.slice(space + 1) };
}

function describeReference(text: string | InterfaceSketch): InterfaceReference {
  const { id, version, scope = [] } = asSketch(text);
  return { id, version, scope };
}

function describeProvided(text: string | InterfaceSketch): ProvidedInterface {
  const { id, version, scope = [], interfaceType = "proxy", handlers = [] } = asSketch(text);
  return {
    id,
    version,
    scope,
    isMultiple: interfaceType === "multiple",
    // From tables and published descriptors, which use these three alone.
    type: id.startsWith("_") ? "system" : (interfaceType as ProvidedInterface["type"]),
    handlers: handlers.map((handler) => ({
      methods: ["GET"],
      pathPattern: "/",
      path: null,
      rewritePath: null,
      phase: null,
      level: null,
      type: "request-response",
      redirectPath: null,
      unit: null,
      delay: null,
      schedule: null,
      permissionsRequired: handler.permissionsRequired ?? null,
      permissionsDesired: handler.permissionsDesired ?? [],
      modulePermissions: handler.modulePermissions ?? [],
      permissionsRequiredTenant: null,
      delegateCors: false,
    })),
    source: "{}",
  };
}

function describePermission(sketch: {
  readonly permissionName: string;
  readonly subPermissions?: readonly string[];
}): Permission {
  const { permissionName, subPermissions = [] } = sketch;
  return {
    permissionName,
    subPermissions,
    replaces: [],
    displayName: null,
    description: null,
    visible: null,
  };
}

/** What is enabled once the steps are done, one after the other. */
export function applySteps(
  enabled: readonly string[],
  steps: readonly Pick<PlanStep, "action" | "id" | "from">[],
) {
  const after = new Set(enabled);
  for (const { action, id, from } of steps) {
    if (action === "enable") {
      if (from !== null) after.delete(from);
      after.add(id);
    }
    if (action === "disable") after.delete(id);
  }
  return [...after];
}

/** Some modules, some of which are enabled, and what somebody wants of them: dense enough that plans add, move, replace and
 * fail in every way. Two versions of a product are never enabled at first, and a product is wanted once. */
export interface Universe {
  readonly modules: readonly ModuleDescriptor[];
  readonly enabled: readonly string[];
  readonly wanted: readonly WantedModule[];
  readonly options: PlanOptions;
}

/** Each product has an interface of its own, as real ones have; two families share theirs. */
const ownInterface: Readonly<Record<string, string>> = {
  alpha: "i",
  beta: "j",
  gamma: "k",
  delta: "l",
  "octavo-alpha": "i",
  "octavo-beta": "j",
};
const products = Object.keys(ownInterface);
const versions = ["1.0.0", "1.1.0", "2.0.0", "2.1.0-SNAPSHOT.7"];
const anyInterfaceName = fc.constantFrom("i", "j", "k", "l");
const providedVersion = fc.constantFrom("1.0", "1.0", "1.1", "2.0");
const neededVersion = fc.constantFrom("1.0", "1.0", "1.1", "2.0", "1.0 2.0");

function anyNeeds(weights: readonly number[]): fc.Arbitrary<string[]> {
  const names = weights.map((weight, length) => ({
    weight,
    arbitrary: fc.uniqueArray(anyInterfaceName, { minLength: length, maxLength: length }),
  }));
  return fc
    .oneof(...names)
    .chain((ids) => fc.tuple(...ids.map((id) => neededVersion.map((text) => `${id} ${text}`))));
}

function sometimes<T>(weight: number, value: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 10 - weight, arbitrary: fc.constant<T[]>([]) },
    { weight, arbitrary: value.map((one) => [one]) },
  );
}

const anyModule = fc.constantFrom(...products).chain((product) =>
  fc
    .record({
      version: fc.constantFrom(...versions),
      own: providedVersion,
      hasOwn: fc.integer({ min: 0, max: 9 }),
      further: sometimes(1, fc.tuple(anyInterfaceName, providedVersion)),
      requires: anyNeeds([5, 4, 2]),
      optional: anyNeeds([8, 2]),
      replaces: sometimes(1, fc.constantFrom(...products)),
    })
    .map(({ version, own, hasOwn, further, requires, optional, replaces }) => {
      const id = ownInterface[product] ?? "i";
      const provides = [
        ...(hasOwn > 0 ? [`${id} ${own}`] : []),
        ...further.filter(([other]) => other !== id).map(([other, text]) => `${other} ${text}`),
      ];
      return describeModule({ id: `${product}-${version}`, provides, requires, optional, replaces });
    }),
);

export function anyModules(): fc.Arbitrary<ModuleDescriptor[]> {
  return fc.uniqueArray(anyModule, { selector: ({ id }) => id, minLength: 1, maxLength: 14 });
}

const anyOptions: fc.Arbitrary<PlanOptions> = fc.record(
  {
    reinstall: fc.boolean(),
    family: fc.constantFrom("folio", "octavo"),
    versionFilter: fc.record({
      preRelease: fc.constantFrom("true", "false"),
      npmSnapshot: fc.constant("true"),
    }),
    gatewayProvides: fc.constantFrom([], [{ id: "l", version: "1.0", scope: [] }]),
  },
  { requiredKeys: [] },
);

export function anyUniverse(): fc.Arbitrary<Universe> {
  return anyModules().chain((modules) =>
    fc
      .record({ enabled: oneOfEachProduct(modules), touched: oneOfEachProduct(modules), options: anyOptions })
      .chain(({ enabled, touched, options }) =>
        fc.record({
          modules: fc.constant(modules),
          enabled: fc.constant(enabled.map(({ id }) => id)),
          wanted: fc.tuple(...touched.map((module) => anyWant(module, enabled))),
          options: fc.constant(options),
        }),
      ),
  );
}

function oneOfEachProduct(modules: readonly ModuleDescriptor[]): fc.Arbitrary<ModuleDescriptor[]> {
  return fc
    .shuffledSubarray([...modules], { maxLength: Math.min(3, modules.length) })
    .map((some) => [...new Map(some.map((module) => [module.product, module])).values()]);
}

/** To enable this module or the newest of its product; where some version of it is enabled, perhaps to disable that. */
function anyWant(module: ModuleDescriptor, enabled: readonly ModuleDescriptor[]): fc.Arbitrary<WantedModule> {
  const present = enabled.find(({ product }) => product === module.product);
  return fc.constantFrom<WantedModule>(
    { id: module.id, action: "enable" },
    { id: module.product, action: "enable" },
    { id: present?.id ?? module.id, action: present === undefined ? "enable" : "disable" },
  );
}
