import {
  type Calls,
  cql,
  oneOf,
  Refusal,
  type Static,
  type TSchema,
  Type,
  passedOn,
} from "@octavo/module-kit";
import { type User, Users } from "../find-user.ts";
import { Other } from "./composite-user.ts";

/** One of a list: the names differ from those of a single one, as in mod-users-bl. */
const ListedUser = Type.Object({
  users: Other,
  groups: Type.Optional(Other),
  permissions: Type.Optional(Other),
  proxiesFor: Type.Optional(Type.Array(Other)),
});

export const CompositeUsers = Type.Object({
  compositeUsers: Type.Array(ListedUser),
  totalResults: Type.Integer(),
  recordCount: Type.Integer(),
});

export interface Page {
  readonly query: string | undefined;
  readonly offset: number;
  readonly limit: number;
  readonly includes: ReadonlySet<string>;
}

const Keyed = Type.Object(
  { id: Type.Optional(Type.String()), userId: Type.Optional(Type.String()) },
  { additionalProperties: true },
);
const Groups = Type.Object({ usergroups: Type.Array(Keyed) });
const Permitted = Type.Object({
  permissionUsers: Type.Array(
    Type.Object(
      { userId: Type.Optional(Type.String()), permissions: Type.Optional(Type.Array(Type.Unknown())) },
      { additionalProperties: true },
    ),
  ),
});
const Proxies = Type.Object({ proxiesFor: Type.Array(Keyed) });

/** Ids that one query names: what fits an address line everywhere. */
const AT_ONCE = 50;

/** @throws Refusal 404 where there is nobody, as mod-users-bl */
export async function compositesOf(calls: Calls, page: Page): Promise<Static<typeof CompositeUsers>> {
  const { query, offset, limit, includes } = page;
  const asked = { offset, limit, ...(query !== undefined && { query }) };
  const found = await calls.send({ method: "GET", path: "/users", query: asked, answer: Users });
  if (!found.ok) throw passedOn(found.error, "users");
  const { users, totalRecords } = found.value.body;
  if (users.length === 0) {
    const message = `No record found for query '/users?${new URLSearchParams(query === undefined ? {} : { query }).toString()}'`;
    throw new Refusal(404, [{ message, code: "not-found" }]);
  }
  const ids = users.map(({ id }) => id);
  const groupIds = users.flatMap(({ patronGroup }) => patronGroup ?? []);
  const [groups, permitted, proxies] = await Promise.all([
    includes.has("groups") ? all(calls, "/groups", "id", groupIds, Groups) : [],
    includes.has("perms") ? all(calls, "/perms/users", "userId", ids, Permitted) : [],
    includes.has("proxiesfor") ? all(calls, "/proxiesfor", "userId", ids, Proxies) : [],
  ]);
  const groupsById = new Map(groups.flatMap(({ usergroups }) => usergroups.map((each) => [each.id, each])));
  const permissionsOf = new Map(
    permitted.flatMap(({ permissionUsers }) =>
      permissionUsers.map((each) => [each.userId, each.permissions]),
    ),
  );
  const everyProxy = proxies.flatMap(({ proxiesFor }) => proxiesFor);
  const composed = (user: User) => {
    const group = groupsById.get(user.patronGroup);
    const permissions = permissionsOf.get(user.id);
    const proxiesFor = everyProxy.filter(({ userId }) => userId === user.id);
    return {
      users: user,
      ...(user.patronGroup !== undefined && group !== undefined && { groups: group }),
      ...(permissions !== undefined && { permissions: { permissions } }),
      ...(proxiesFor.length > 0 && { proxiesFor }),
    };
  };
  return {
    compositeUsers: users.map(composed),
    totalResults: totalRecords,
    recordCount: users.length,
  };
}

/** Records of another module whose `field` is one of these, in so many calls as it takes.
 * @throws Refusal: a list is not given in part */
async function all<Schema extends TSchema>(
  calls: Calls,
  path: string,
  field: string,
  ids: readonly string[],
  answer: Schema,
): Promise<readonly Static<Schema>[]> {
  const distinct = [...new Set(ids)];
  const chunks = Array.from({ length: Math.ceil(distinct.length / AT_ONCE) }, (_, n) =>
    distinct.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
  );
  const found: Static<Schema>[] = [];
  for (const chunk of chunks) {
    const query = { query: cql(oneOf(field, chunk)), limit: 1000 };
    const answered = await calls.send({ method: "GET", path, query, answer });
    if (!answered.ok) throw passedOn(answered.error, path.split("/")[1] ?? path);
    found.push(answered.value.body);
  }
  return found;
}
