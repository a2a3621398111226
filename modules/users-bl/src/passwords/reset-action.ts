import {
  type Calls,
  Refusal,
  type RequestContext,
  type RequestDatabase,
  sql,
  type Static,
  Type,
  cannotBeAsked,
} from "@octavo/module-kit";
import { type User, userById } from "../find-user.ts";

/** Before the id of an action in `sub` of a link's token: no user has such a name. */
export const LINK_SUBJECT = "UNDEFINED_USER__RESET_PASSWORD_";

const Action = Type.Object({ id: Type.String(), userId: Type.String(), expirationTime: Type.String() });

/** A link that can be used now. */
export interface UsableLink {
  readonly actionId: string;
  readonly user: User;
}

/** @throws Refusal 422 `link.invalid`, `link.used`, `link.expired`; 503 */
export async function linkOfToken(
  { userId, token }: Pick<RequestContext, "userId" | "token">,
  calls: Calls,
  db: RequestDatabase,
): Promise<UsableLink> {
  const subject = userId === null && token !== null ? subjectOf(token) : null;
  if (subject?.startsWith(LINK_SUBJECT) !== true) throw refused("Invalid token.", "link.invalid");
  const actionId = subject.slice(LINK_SUBJECT.length);
  const path = `/authn/password-reset-action/${encodeURIComponent(actionId)}`;
  const found = await calls.send({ method: "GET", path, answer: Action });
  if (!found.ok) {
    const { error } = found;
    const isGone = error.kind === "refused" && [400, 404, 422].includes(error.status);
    throw isGone ? linkUsed(actionId) : cannotBeAsked(error, "login");
  }
  const action = found.value.body;
  if (await hasExpired(db, action)) {
    throw refused(`PasswordResetAction with id = ${actionId} is expired`, "link.expired");
  }
  const user = await userById(calls, action.userId);
  if (user === null) throw refused(`User with id = ${action.userId} in not found`, "link.invalid");
  return { actionId, user };
}

export function linkUsed(actionId: string): Refusal {
  return refused(`PasswordResetAction with id = ${actionId} is not found`, "link.used");
}

/** By the database's clock, which made it. A time that is none has come. */
async function hasExpired(db: RequestDatabase, { expirationTime }: Static<typeof Action>): Promise<boolean> {
  const at = Date.parse(expirationTime);
  if (Number.isNaN(at)) return true;
  const row = await db.read((tx) =>
    tx.row<{ isOver: boolean }>(sql`
      select clock_timestamp() >= to_timestamp(${at / 1000}::float8) as "isOver"`),
  );
  return row?.isOver ?? true;
}

/** The gateway's signature was checked before the request came here.
 * @returns null for what is no token */
function subjectOf(token: string): string | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    if (payload === null || typeof payload !== "object" || !("sub" in payload)) return null;
    return typeof payload.sub === "string" ? payload.sub : null;
  } catch {
    return null;
  }
}

function refused(message: string, code: string): Refusal {
  return new Refusal(422, [{ message, code }]);
}
