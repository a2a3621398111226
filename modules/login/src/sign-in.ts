import { badRequest, type Calls, type Refusal, type RequestContext } from "@octavo/module-kit";
import type { RequestDatabase } from "@octavo/module-kit";
import { attemptsOf, beginningOf, countFailure, countSuccess, noteTold } from "./attempts.ts";
import { accountOf, findUser, makeInactive, type Named, subjectOf, type User } from "./find-user.ts";
import { logEvent, originOf } from "./log-event.ts";
import type { LoginConfig } from "./login-config.ts";
import type { PasswordWork } from "./password-work.ts";
import { blocked, nowBlocked, wrongPassword } from "./sign-in-refusals.ts";
import { credentialOf, rehash } from "./stored-credentials.ts";
import { tenantSettings } from "./tenant-settings.ts";
import { forgetSome, throttle, type Throttled, throttled } from "./throttle.ts";

/** What sign-in has of its request. */
export interface SignInCall {
  readonly context: RequestContext;
  readonly db: RequestDatabase;
  readonly calls: Calls;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Typed extends Named {
  readonly password?: string | undefined;
}

export interface LoginParts {
  readonly config: LoginConfig;
  readonly passwords: PasswordWork;
}

/** Who is there, by name and password, or why nobody is let in.
 *
 * Somebody whom nobody knows, somebody without a password and a wrong password get one answer after the same work, and count in the same
 * way. A blocked user's password is not looked at, so that nobody learns by it whether a guess was right. */
export async function signIn(
  call: SignInCall,
  typed: Typed,
  { config, passwords }: LoginParts,
): Promise<User | Refusal> {
  const { password, ...named } = typed;
  if (named.userId === undefined && named.username === undefined) {
    return badRequest("You must provide a username or userId");
  }
  if (password === undefined) return badRequest("You must provide a password");
  const keys = throttledBy(call, named, config);
  const { began, refusal } = await call.db.read(async (tx) => ({
    refusal: await throttled(tx, keys),
    began: await beginningOf(tx),
  }));
  if (refusal !== null) return refusal;

  const settings = await tenantSettings(call.calls, config.lockOut);
  const user = await findUser(call.calls, named);
  const subject = subjectOf(user, named);
  const stored = await call.db.read(async (tx) => ({
    credential: user === null ? null : await credentialOf(tx, user.id),
    attempts: await attemptsOf(tx, subject),
  }));
  const isBlocked = user === null ? stored.attempts?.isBlocked === true : user.active !== true;
  if (isBlocked || stored.attempts?.isPending === true) {
    await passwords.check(password, null);
    if (user?.active === true) await tellUsers(call, user);
    await call.db.tx((tx) => throttle(tx, keys));
    return blocked();
  }

  const { matches, isOutdated } = await passwords.check(password, stored.credential);
  const about = { settings, origin: originOf(call.headers), context: call.context };
  if (!matches || user === null) {
    const failed = await call.db.tx(async (tx) => {
      await throttle(tx, keys);
      await forgetSome(tx);
      const counted = await countFailure(tx, subject, { began, lockOut: settings.lockOut });
      if (user === null) return counted;
      await logEvent(tx, { type: "FAILED_LOGIN_ATTEMPT", userId: user.id }, about);
      if (counted.kind === "blocked-now") await logEvent(tx, { type: "USER_BLOCK", userId: user.id }, about);
      return counted;
    });
    call.context.log.info({ subject, outcome: failed.kind }, "sign-in refused");
    if (failed.kind === "blocked") return blocked();
    if (failed.kind === "counted") return wrongPassword(named.username, failed.count, settings.lockOut);
    await (user === null ? tellNobody(call, subject) : tellUsers(call, user));
    return nowBlocked();
  }

  const renewed = isOutdated ? await passwords.hash(password) : null;
  const isLetIn = await call.db.tx(async (tx) => {
    if (!(await countSuccess(tx, subject, began))) return false;
    if (renewed !== null && stored.credential !== null) await rehash(tx, stored.credential, renewed);
    await logEvent(tx, { type: "SUCCESSFUL_LOGIN_ATTEMPT", userId: user.id }, about);
    return true;
  });
  return isLetIn ? user : blocked();
}

/** A right password ends what was counted. */
export async function forgetFailures(tx: Parameters<typeof countSuccess>[0], userId: string): Promise<void> {
  await countSuccess(tx, userId, "infinity");
}

/** Until users has taken it, whoever signs in as this user is refused and tells it again. */
async function tellUsers({ calls, db, context }: SignInCall, user: User): Promise<void> {
  if (await makeInactive(calls, user)) await db.tx((tx) => noteTold(tx, user.id));
  else context.log.error({ blockedUserId: user.id }, "a blocked user could not be made inactive");
}

/** The same work for a name that nobody has, as far as it is ours. */
async function tellNobody({ db }: SignInCall, subject: string): Promise<void> {
  await db.tx((tx) => noteTold(tx, subject));
}

function throttledBy(
  { headers }: SignInCall,
  named: Named,
  { failuresPerMinute: { address, account } }: LoginConfig,
): readonly Throttled[] {
  const { ip } = originOf(headers);
  const keys = [
    { subject: `account:${accountOf(named)}`, mostPerMinute: account },
    ...(ip === null ? [] : [{ subject: `address:${ip}`, mostPerMinute: address }]),
  ];
  return keys.filter(({ mostPerMinute }) => mostPerMinute > 0);
}
