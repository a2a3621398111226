/** Okapi's messages that speak of modules and their dependencies, byte for byte (its Messages_en.properties, by number).
 * They are part of the API: clients show them and tests compare them. */
export const okapiTexts = {
  missingDependency: (moduleId: string, interfaceId: string, version: string) =>
    `Missing dependency: ${moduleId} requires ${interfaceId}: ${version}`, // 10200
  incompatibleVersion: (moduleId: string, interfaceId: string, needs: string, has: string) =>
    `Incompatible version for module ${moduleId} interface ${interfaceId}. Need ${needs}. Have ${has}`, // 10201
  usedByTenant: (moduleId: string, tenantId: string) =>
    `delete: module ${moduleId} is used by tenant ${tenantId}`, // 10206
  deleteUnknown: (moduleId: string) => `delete: module ${moduleId} does not exist`, // 10207
  deleteRefused: (moduleId: string, because: string) => `delete: module ${moduleId}: ${because}`, // 10208
  explicitlyGiven: (moduleId: string) => `Cannot remove module ${moduleId} which is explicitly given`, // 10209
  severalProducts: (interfaceId: string, moduleId: string, products: readonly string[]) =>
    `interface ${interfaceId} required by module ${moduleId} is provided by multiple products: ${products.join(", ")}`, // 10210
  interfaceNotFound: (interfaceId: string, moduleId: string) =>
    `interface ${interfaceId} required by module ${moduleId} not found`, // 10211
  providedTwice: (moduleIds: readonly string[], interfaceId: string) =>
    `Multiple modules ${moduleIds.join(", ")} provide interface ${interfaceId}`, // 10213
  moduleNotFound: (moduleId: string) => `Module ${moduleId} not found`, // 10801
  unknownOrderBy: (field: string) => `unknown orderBy field: ${field}`, // 11604
  invalidOrder: (order: string) => `invalid order value: ${order}`, // 11605
  badFormat: (parameter: string, because: string) => `Bad format for parameter ${parameter}. ${because}`, // 11608
  // Not in its message file:
  alreadyProvided: (moduleId: string) => `Module ${moduleId} already provided`,
  badInterfaceVersion: (version: string) => `Bad version number '${version}'`,
  notConverging: (passes: number) => `Dependency resolution not completing in ${passes} iterations`,
  unsortable: (moduleIds: readonly string[]) =>
    `Some modules cannot be topological sorted: ${moduleIds.join(", ")}`,
  cleanupBreaks: (messages: string) =>
    "Removing obsolete modules resulted in missing dependencies.\n" +
    `Supply removeDependencies=true if you think it's ok to remove them.\n${messages}`,
};
