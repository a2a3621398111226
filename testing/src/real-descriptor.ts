import { readDescriptors } from "./folio-data.ts";

/** What is compared of a real descriptor and of ours. */
export interface ComparedDescriptor {
  readonly id: string;
  readonly provides: readonly {
    readonly id: string;
    readonly version: string;
    readonly interfaceType?: string;
    readonly handlers?: readonly Handler[];
  }[];
  readonly permissionSets?: readonly {
    readonly permissionName: string;
    readonly subPermissions?: readonly string[];
  }[];
}

interface Handler {
  readonly methods: readonly string[];
  readonly pathPattern: string;
  readonly permissionsRequired?: readonly string[];
  readonly permissionsDesired?: readonly string[];
  readonly modulePermissions?: readonly string[];
}

/** @param product "mod-tags", of release A */
export function realDescriptor(product: string): ComparedDescriptor {
  const found = readDescriptors("release-a")
    .map(({ text }) => JSON.parse(text) as ComparedDescriptor)
    .find(({ id }) => id.replace(/-\d.*$/u, "") === product);
  if (found === undefined) throw new Error(`release A has no ${product}`);
  return found;
}

/** One line for each method of each route, "GET /tags: tags.collection.get; desired ...", sorted; those of system interfaces are the kit's. */
export function routesOf({ provides }: ComparedDescriptor): readonly string[] {
  return provides
    .filter(({ interfaceType }) => interfaceType !== "system")
    .flatMap(({ id, version, handlers = [] }) =>
      handlers.flatMap(({ methods, pathPattern, permissionsRequired = [], permissionsDesired = [] }) => {
        const desired = permissionsDesired.length === 0 ? "" : `; desired ${permissionsDesired.join(" ")}`;
        return methods.map(
          (method) => `${id} ${version} ${method} ${pathPattern}: ${permissionsRequired.join(" ")}${desired}`,
        );
      }),
    )
    .toSorted();
}

/** One line for each route with `modulePermissions`, "GET /notes: users.item.get", sorted. */
export function modulePermissionsOf({ provides }: ComparedDescriptor): readonly string[] {
  return provides
    .flatMap(({ handlers = [] }) => handlers)
    .flatMap(({ methods, pathPattern, modulePermissions = [] }) =>
      modulePermissions.length === 0
        ? []
        : methods.map((method) => `${method} ${pathPattern}: ${modulePermissions.toSorted().join(" ")}`),
    )
    .toSorted();
}

/** Each permission with what belongs to it, sorted. */
export function permissionsOf({ permissionSets = [] }: ComparedDescriptor): readonly string[] {
  return permissionSets
    .map(({ permissionName, subPermissions = [] }) =>
      [permissionName, ...subPermissions.toSorted()].join(" "),
    )
    .toSorted();
}
