import { type Calls, cql, equal, Refusal, type Static, Type, passedOn } from "@octavo/module-kit";

/** What is read of a user; the rest goes on as it came. */
export const User = Type.Object(
  {
    id: Type.String(),
    username: Type.Optional(Type.String()),
    barcode: Type.Optional(Type.String()),
    active: Type.Optional(Type.Boolean()),
    patronGroup: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);
export type User = Static<typeof User>;

export const Users = Type.Object({ users: Type.Array(User), totalRecords: Type.Integer() });

/** @returns null for nobody
 * @throws Refusal as users has it, or 503 */
export async function userById(calls: Calls, id: string): Promise<User | null> {
  const found = await calls.send({ method: "GET", path: `/users/${encodeURIComponent(id)}`, answer: User });
  if (found.ok) return found.value.body;
  const refusal = passedOn(found.error, "users");
  if (refusal.status === 404) return null;
  throw refusal;
}

/** @returns null for nobody
 * @throws Refusal as users has it, or 503 */
export async function userByName(calls: Calls, username: string): Promise<User | null> {
  const query = { query: cql(equal("username", username)), limit: 2 };
  const found = await calls.send({ method: "GET", path: "/users", query, answer: Users });
  if (!found.ok) throw passedOn(found.error, "users");
  const [user, second] = found.value.body.users;
  if (second !== undefined) {
    throw new Refusal(400, [{ message: `'${username}' returns multiple results`, code: "multiple-results" }]);
  }
  return user ?? null;
}

export function noUserWithId(id: string): Refusal {
  return new Refusal(404, [{ message: `User with id '${id}' not found`, code: "not-found" }]);
}

export function noUserNamed(username: string): Refusal {
  return new Refusal(404, [{ message: `Users with username '${username}' not found`, code: "not-found" }]);
}
