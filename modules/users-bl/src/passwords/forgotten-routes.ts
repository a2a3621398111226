import { setTimeout as wait } from "node:timers/promises";
import {
  badRequest,
  type Call,
  cql,
  equal,
  or,
  Refusal,
  type Route,
  route,
  type Static,
  Type,
  cannotBeAsked,
} from "@octavo/module-kit";
import { type User, Users } from "../find-user.ts";
import { addressOf } from "../origin-of-client.ts";
import type { UsersBlConfig } from "../users-bl-config.ts";
import { hasNotify, send } from "./notify.ts";
import { sendLink } from "./send-link.ts";
import { searchedFields, settingsOf } from "./settings.ts";
import { keyOf, takeTurn, tooMany } from "./throttle.ts";

const Identifier = Type.Object({
  id: Type.Optional(
    Type.String({ pattern: "^[^\\u0000]*$", maxLength: 1000, description: "A name, an address, a number" }),
  ),
});
type ForgottenCall = Call<unknown, unknown, Static<typeof Identifier>>;

const modulePermissions = [
  "users.edit",
  "users.item.put",
  "perms.users.item.put",
  "configuration.entries.collection.get",
  "users.collection.get",
  "users.item.get",
  "notify.item.post",
  "user-tenants.collection.get",
];
const common = {
  method: "POST",
  isPublic: true,
  body: Identifier,
  bodyLimitBytes: 64 * 1024,
  answers: { 204: null },
} as const;

/** For somebody who cannot sign in. The answer is the same, and no earlier, whether there is such a user, several, none, or one that is not active;
 * what differs from it does so for everybody. */
export function forgottenRoutes(config: UsersBlConfig): readonly Route[] {
  return [
    route({
      ...common,
      path: "/bl-users/forgotten/password",
      summary: "Sends a link for a new password to a user that there may be",
      modulePermissions: [...modulePermissions, "login.password-reset-action.post", "auth.signtoken"],
      handle: (call) =>
        answered(call, config, ["userName", "phoneNumber", "email"], async (user, settings) => {
          await sendLink(user, { ...call, settings });
        }),
    }),
    route({
      ...common,
      path: "/bl-users/forgotten/username",
      summary: "Sends its name to a user that there may be",
      modulePermissions,
      handle: ({ calls, context, ...call }) =>
        answered({ ...call, calls, context }, config, ["phoneNumber", "email"], async (user) => {
          const told = { eventConfigName: "USERNAME_LOCATED_EVENT", recipientId: user.id, context: { user } };
          await send(calls, told, context.log);
        }),
    }),
  ];
}

async function answered(
  call: ForgottenCall,
  { forgottenAnswerMs, forgottenPerHour }: UsersBlConfig,
  codes: readonly string[],
  tell: (user: User, settings: ReadonlyMap<string, string>) => Promise<void>,
) {
  const { body, calls, context, db, headers } = call;
  const typed = body.id?.trim() ?? "";
  if (typed === "") return badRequest("Improperly formatted request");
  const { address, account } = forgottenPerHour;
  const from = addressOf(headers);
  const keys = [
    { subject: `typed:${keyOf(typed)}`, mostPerHour: account },
    ...(from === null ? [] : [{ subject: `address:${from}`, mostPerHour: address }]),
  ];
  const seconds = await db.tx((tx) => takeTurn(tx, keys));
  if (seconds !== null) return tooMany(seconds);
  if (!(await hasNotify(calls))) return nobodyTells(context.tenantId);
  const settings = await settingsOf(calls);

  const work = async (): Promise<void> => {
    const user = await onlyUser(call, typed, searchedFields(settings, codes));
    if (user === null) return;
    const ofUser = [{ subject: `user:${user.id}`, mostPerHour: account }];
    if ((await db.tx((tx) => takeTurn(tx, ofUser))) !== null) {
      context.log.warn({ forUserId: user.id }, "a user was told often enough within this hour");
      return;
    }
    try {
      await tell(user, settings);
    } catch (error) {
      context.log.error({ forUserId: user.id, error }, "a forgotten name or password could not be sent");
    }
  };
  await Promise.all([work(), wait(forgottenAnswerMs, null, { signal: context.signal })]);
  return { status: 204 } as const;
}

/** @returns null where there is none, or several, or one that may not sign in: the log says which
 * @throws Refusal 503 where users cannot be asked, whoever is meant */
async function onlyUser(
  { calls, context }: ForgottenCall,
  typed: string,
  [first = "username", ...rest]: readonly string[],
): Promise<User | null> {
  const where = or(equal(first, typed), ...rest.map((field) => equal(field, typed)));
  const query = { query: cql(where), limit: 2 };
  const found = await calls.send({ method: "GET", path: "/users", query, answer: Users });
  if (!found.ok) throw cannotBeAsked(found.error, "users");
  const [user, second] = found.value.body.users;
  const isOne = user !== undefined && second === undefined;
  if (isOne && user.active === true) return user;
  context.log.info(
    { outcome: isOne ? "inactive" : user === undefined ? "none" : "several" },
    "nobody was told",
  );
  return null;
}

function nobodyTells(tenantId: string): Refusal {
  const message = `Nothing can be sent: tenant ${tenantId} has no module that provides notify. Enable one`;
  return new Refusal(501, [{ message, code: "notify-missing" }]);
}
