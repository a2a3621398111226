import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { okapiPermissions } from "./okapi-permissions.ts";

/** Version of Okapi whose API is served. */
export const okapiVersion = "7.2.0";
export const internalModuleId = `okapi-${okapiVersion}`;
const interfaceVersion = "1.9";

/** The descriptor of the platform itself, as JSON: modules require its interface `okapi`, and libraries assign its
 * permissions. Operations of our own are not in it, as no module may be written against them. */
export function internalModuleDescriptor(): string {
  return JSON.stringify({
    id: internalModuleId,
    name: "Okapi",
    provides: [
      { id: "okapi-proxy", version: interfaceVersion, interfaceType: "internal", handlers: [] },
      {
        id: "okapi",
        version: interfaceVersion,
        interfaceType: "internal",
        handlers: operations.filter(({ origin }) => origin === "okapi").map(handlerOf),
      },
    ],
    permissionSets: okapiPermissions.map(({ name, allows, contains }) => ({
      permissionName: name,
      displayName: `Okapi: ${allows}`,
      description: allows,
      ...(contains !== null && { subPermissions: contains }),
    })),
    requires: [],
  });
}

function handlerOf({ method, path, access }: Operation) {
  return {
    methods: [method],
    pathPattern: path,
    permissionsRequired: access.kind === "public" ? [] : [access.permission],
    ...tenantPermissions(access),
    type: "internal",
  };
}

function tenantPermissions(access: Operation["access"]) {
  if (access.kind === "any-token") return { permissionsRequiredTenant: [] };
  if (access.kind === "guarded" && access.self !== null) return { permissionsRequiredTenant: access.self };
  return {};
}
