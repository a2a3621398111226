import { createHash } from "node:crypto";
import { type Calls, type Static, Type, unavailable } from "@octavo/module-kit";

/** What sign-in reads of a user; the rest goes back as it came. */
const User = Type.Object(
  { id: Type.String(), username: Type.Optional(Type.String()), active: Type.Optional(Type.Boolean()) },
  { additionalProperties: true },
);
export type User = Static<typeof User>;

const Users = Type.Object({ users: Type.Array(User), totalRecords: Type.Integer() });

/** Whom a request names: by id, where it has one, else by name. */
export interface Named {
  readonly userId?: string | undefined;
  readonly username?: string | undefined;
}

/** @returns null for nobody, and for a name that several have
 * @throws Refusal 503 where users cannot be asked */
export async function findUser(calls: Calls, { userId, username }: Named): Promise<User | null> {
  const query = userId === undefined ? `username==${quoted(username ?? "")}` : `id==${quoted(userId)}`;
  const found = await calls.send({ method: "GET", path: "/users", query: { query }, answer: Users });
  // A text that is no id has no user; another refusal is users' own trouble.
  if (!found.ok && found.error.kind === "refused" && [400, 422].includes(found.error.status)) return null;
  if (!found.ok) throw unavailable("Users cannot be read at this moment", 2, "users-unavailable");
  const [user, second] = found.value.body.users;
  return user === undefined || second !== undefined ? null : user;
}

/** As mod-login blocks somebody. A user that was changed meanwhile is read and told again by whoever signs in next.
 * @returns whether users has taken it */
export async function makeInactive(calls: Calls, user: User): Promise<boolean> {
  const path = `/users/${encodeURIComponent(user.id)}`;
  const told = await calls.send({
    method: "PUT",
    path,
    body: { ...user, active: false },
    answer: Type.Unknown(),
  });
  return told.ok;
}

/** What attempts are counted by: the user, or a name or id that nobody has. */
export function subjectOf(user: User | null, named: Named): string {
  return user === null ? `name:${accountOf(named)}` : user.id;
}

/** What was typed, as a key of one length from which the name cannot be read. */
export function accountOf({ userId, username }: Named): string {
  const text = userId === undefined ? `name ${username ?? ""}` : `id ${userId}`;
  return createHash("sha256").update(text.trim().toLowerCase()).digest("base64url");
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"*?^]/gu, String.raw`\$&`)}"`;
}
