import { randomUUID } from "node:crypto";
import {
  type Calls,
  type Log,
  Refusal,
  type RequestContext,
  type RequestDatabase,
  sql,
  Type,
  cannotBeAsked,
} from "@octavo/module-kit";
import type { User } from "../find-user.ts";
import { send } from "./notify.ts";
import { LINK_SUBJECT } from "./reset-action.ts";
import { linkBaseOf, linkLifeOf } from "./settings.ts";

export interface Sending {
  readonly calls: Calls;
  readonly db: RequestDatabase;
  readonly context: Pick<RequestContext, "tenantId"> & { readonly log: Log };
  readonly settings: ReadonlyMap<string, string>;
}

/** Makes a link by which a password is made once, until it expires, and has it sent to the user.
 * @throws Refusal 422 for a user without a name and for a life that is none; 503 */
export async function sendLink(user: User, { calls, db, context, settings }: Sending): Promise<string> {
  if (user.username === undefined || user.username.trim() === "") {
    throw refused("User without username cannot reset password", "user.absent-username");
  }
  const life = linkLifeOf(settings);
  if (life === null) throw refused("Can't convert time period to milliseconds", "link.invalid");
  const actionId = randomUUID();
  const expirationTime = await inSeconds(db, life.seconds);
  const kept = await calls.send({
    method: "POST",
    path: "/authn/password-reset-action",
    body: { id: actionId, userId: user.id, expirationTime },
    answer: Type.Object({ passwordExists: Type.Boolean() }),
  });
  if (!kept.ok) throw cannotBeAsked(kept.error, "login");
  const token = await signedToken(calls, actionId);
  const link = `${linkBaseOf(settings)}/${token}?tenant=${encodeURIComponent(context.tenantId)}`;
  const eventConfigName = kept.value.body.passwordExists ? "RESET_PASSWORD_EVENT" : "CREATE_PASSWORD_EVENT";
  const told = { user, link, expirationTime: life.time, expirationUnitOfTime: life.unit };
  await send(calls, { eventConfigName, recipientId: user.id, context: told }, context.log);
  return link;
}

/** It opens two routes of this module and nothing else, for one action. The first route gives one that lives as long as links do, the second one
 * where the authority signs no such any more: of that the authority says how long it lives. */
async function signedToken(calls: Calls, actionId: string): Promise<string> {
  const payload = {
    sub: `${LINK_SUBJECT}${actionId}`,
    dummy: true,
    extra_permissions: ["users-bl.password-reset-link.validate", "users-bl.password-reset-link.reset"],
  };
  const answer = Type.Object({ token: Type.String() });
  const signed = await calls.send({ method: "POST", path: "/token", body: { payload }, answer });
  if (signed.ok) return signed.value.body.token;
  if (signed.error.kind !== "refused" || signed.error.status !== 404)
    throw cannotBeAsked(signed.error, "authtoken");
  const again = await calls.send({ method: "POST", path: "/token/sign", body: { payload }, answer });
  if (again.ok) return again.value.body.token;
  throw cannotBeAsked(again.error, "authtoken");
}

/** By the database's clock, which is the one that ends it. */
async function inSeconds(db: RequestDatabase, seconds: number): Promise<string> {
  const row = await db.read((tx) =>
    tx.row<{ at: string }>(sql`
      select to_char((clock_timestamp() + make_interval(secs => ${seconds}::float8)) at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"') as at`),
  );
  return row?.at ?? "";
}

function refused(message: string, code: string): Refusal {
  return new Refusal(422, [{ message, code }]);
}
