import { type Calls, cql, equal, oneOf, type Log, Type, passedOn } from "@octavo/module-kit";
import type { User } from "../find-user.ts";
import { type CompositeUser, Other } from "./composite-user.ts";

const PermissionUsers = Type.Object({ permissionUsers: Type.Array(Other) });
const PermissionNames = Type.Object({ permissionNames: Type.Array(Type.Unknown()) });
const Proxies = Type.Object({ proxiesFor: Type.Array(Other) });
const ServicePointsUser = Type.Object(
  {
    defaultServicePointId: Type.Optional(Type.String()),
    servicePointsIds: Type.Optional(Type.Array(Type.String())),
  },
  { additionalProperties: true },
);
const ServicePointsUsers = Type.Object({ servicePointsUsers: Type.Array(ServicePointsUser) });
const ServicePoints = Type.Object({ servicepoints: Type.Array(Other) });

export interface Wanted {
  readonly includes: ReadonlySet<string>;
  readonly expandPermissions: boolean;
}

export interface Reading {
  readonly calls: Calls;
  readonly log: Log;
}

/** Collects what is asked for, all at once. What its module does not give is left out, as mod-users-bl does; only permissions that cannot be read
 * are an error: somebody who seems to have none could do nothing.
 * @throws Refusal 503 */
export async function compositeOf(user: User, wanted: Wanted, reading: Reading): Promise<CompositeUser> {
  const { includes, expandPermissions } = wanted;
  const [patronGroup, permissions, proxiesFor, servicePointsUser] = await Promise.all([
    includes.has("groups") ? groupOf(user, reading) : null,
    includes.has("perms") ? permissionsOf(user, expandPermissions, reading) : { permissions: [] },
    includes.has("proxiesfor") ? proxiesOf(user, reading) : null,
    includes.has("servicepoints") ? servicePointsOf(user, reading) : null,
  ]);
  return {
    user,
    permissions,
    ...(patronGroup !== null && { patronGroup }),
    ...(proxiesFor !== null && proxiesFor.length > 0 && { proxiesFor }),
    ...(servicePointsUser !== null && { servicePointsUser }),
  };
}

async function groupOf({ patronGroup }: User, reading: Reading) {
  if (patronGroup === undefined) return null;
  return await optional(`/groups/${encodeURIComponent(patronGroup)}`, undefined, Other, reading);
}

async function permissionsOf({ id }: User, isExpanded: boolean, { calls }: Reading) {
  if (isExpanded) {
    const found = await calls.send({
      method: "GET",
      path: `/perms/users/${encodeURIComponent(id)}/permissions`,
      query: { indexField: "userId", expanded: true, full: true },
      answer: PermissionNames,
    });
    if (found.ok) return { userId: id, permissions: found.value.body.permissionNames };
    return withoutPermissions(passedOn(found.error, "permissions"));
  }
  const query = { query: cql(equal("userId", id)) };
  const found = await calls.send({ method: "GET", path: "/perms/users", query, answer: PermissionUsers });
  if (found.ok) return found.value.body.permissionUsers[0] ?? { permissions: [] };
  return withoutPermissions(passedOn(found.error, "permissions"));
}

/** Nobody has given it any, or the caller may not see them. */
function withoutPermissions(refusal: ReturnType<typeof passedOn>) {
  if (refusal.status === 503) throw refusal;
  return { permissions: [] };
}

async function proxiesOf({ id }: User, reading: Reading) {
  const query = { query: cql(equal("userId", id)), limit: 1000 };
  return (await optional("/proxiesfor", query, Proxies, reading))?.proxiesFor ?? null;
}

async function servicePointsOf({ id }: User, reading: Reading) {
  const query = { query: cql(equal("userId", id)), limit: 1 };
  const found = await optional("/service-points-users", query, ServicePointsUsers, reading);
  const ofUser = found?.servicePointsUsers[0];
  if (ofUser === undefined) return null;
  const { defaultServicePointId, servicePointsIds = [] } = ofUser;
  const ids = new Set([
    ...(defaultServicePointId === undefined ? [] : [defaultServicePointId]),
    ...servicePointsIds,
  ]);
  if (ids.size === 0) return ofUser;
  const asked = { query: cql(oneOf("id", [...ids])), limit: 1000 };
  const points = await optional("/service-points", asked, ServicePoints, reading);
  return points === null ? ofUser : { ...ofUser, servicePoints: points.servicepoints };
}

/** @returns null where its module gives nothing; the log says why, unless that is what permissions and enabled modules are for */
async function optional<
  Schema extends typeof Other | typeof Proxies | typeof ServicePointsUsers | typeof ServicePoints,
>(
  path: string,
  query: { readonly query: string; readonly limit: number } | undefined,
  answer: Schema,
  { calls, log }: Reading,
) {
  const found = await calls.send({ method: "GET", path, answer, ...(query !== undefined && { query }) });
  if (found.ok) return found.value.body;
  const { error } = found;
  const isExpected = error.kind === "refused" && (error.status === 403 || error.status === 404);
  if (!isExpected) log.warn({ path, because: error.kind }, "a part of a user is left out");
  return null;
}
