import { randomUUID } from "node:crypto";
import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "../exit-codes.ts";
import { rootsOf, type StatedPermission } from "./root-permissions.ts";
import type { TenantCalls } from "./tenant-calls.ts";

export interface MadeAdmin {
  readonly userId: string;
  /** Nothing there is changed for a user that was there but for permissions that were missing. */
  readonly isNew: boolean;
  /** Permissions that were given now. */
  readonly given: readonly string[];
  /** False: there were credentials, and they stay. */
  readonly hasNewPassword: boolean;
}

/** Makes a user with all permissions that the tenant's modules have, and a password, through the interfaces `users`, `permissions` and `login`
 * of whichever modules provide them. What is there already stays, so that it may be repeated. */
export async function ensureAdmin(
  calls: TenantCalls,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<Result<MadeAdmin, Failure>> {
  const user = await ensureUser(calls, username);
  if (!user.ok) return user;
  const { userId, isNew } = user.value;
  const given = await ensurePermissions(calls, userId);
  if (!given.ok) return given;
  const hasNewPassword = await ensureCredentials(calls, { userId, password });
  if (!hasNewPassword.ok) return hasNewPassword;
  return ok({ userId, isNew, given: given.value, hasNewPassword: hasNewPassword.value });
}

/** Whether there is such a user, and a password with it. */
export async function hasCredentials(
  calls: TenantCalls,
  username: string,
): Promise<Result<boolean, Failure>> {
  const userId = await findUser(calls, username);
  if (!userId.ok || userId.value === null) return userId.ok ? ok(false) : userId;
  return credentialsExist(calls, userId.value);
}

async function ensureUser(
  calls: TenantCalls,
  username: string,
): Promise<Result<{ readonly userId: string; readonly isNew: boolean }, Failure>> {
  const known = await findUser(calls, username);
  if (!known.ok) return known;
  if (known.value !== null) return ok({ userId: known.value, isNew: false });
  const userId = randomUUID();
  const user = { id: userId, username, active: true, type: "staff", personal: { lastName: username } };
  const made = await calls.send("POST", "/users", user, [201]);
  return made.ok ? ok({ userId, isNew: true }) : made;
}

/** @returns null where there is none */
async function findUser(calls: TenantCalls, username: string): Promise<Result<string | null, Failure>> {
  const query = encodeURIComponent(`username=="${username.replaceAll(/[\\"*?^]/gu, String.raw`\$&`)}"`);
  const found = await calls.send("GET", `/users?query=${query}`, null, [200]);
  if (!found.ok) return found;
  const [known] = listOf(found.value.body, "users");
  return ok(typeof known?.["id"] === "string" ? known["id"] : null);
}

/** All that nobody else contains; they bring the others. */
async function ensurePermissions(
  calls: TenantCalls,
  userId: string,
): Promise<Result<readonly string[], Failure>> {
  const stated = await calls.send("GET", `/perms/permissions?length=${EVERY}`, null, [200]);
  if (!stated.ok) return stated;
  const wanted = rootsOf(listOf(stated.value.body, "permissions").map(statedPermission));
  const path = `/perms/users/${userId}`;
  const found = await calls.send("GET", `${path}?indexField=userId`, null, [200, 404]);
  if (!found.ok) return found;
  if (found.value.status === 404) {
    const made = await calls.send("POST", "/perms/users", { userId, permissions: wanted }, [201]);
    return made.ok ? ok(wanted) : made;
  }
  const { body } = found.value;
  if (!isRecord(body)) return err(failure(1, `GET ${path} has an answer that is none`));
  const had = namesIn(body["permissions"]);
  const given = wanted.filter((name) => !had.includes(name));
  if (given.length === 0) return ok([]);
  const changed = { ...body, permissions: [...had, ...given] };
  const put = await calls.send("PUT", `/perms/users/${String(body["id"])}`, changed, [200, 204]);
  return put.ok ? ok(given) : put;
}

/** @returns false where there were some */
async function ensureCredentials(
  calls: TenantCalls,
  { userId, password }: { readonly userId: string; readonly password: string },
): Promise<Result<boolean, Failure>> {
  const exist = await credentialsExist(calls, userId);
  if (!exist.ok) return exist;
  if (exist.value) return ok(false);
  const made = await calls.send("POST", "/authn/credentials", { userId, password }, [201]);
  return made.ok ? ok(true) : made;
}

async function credentialsExist(calls: TenantCalls, userId: string): Promise<Result<boolean, Failure>> {
  const found = await calls.send("GET", `/authn/credentials-existence?userId=${userId}`, null, [200]);
  if (!found.ok) return found;
  return ok(isRecord(found.value.body) && found.value.body["credentialsExist"] === true);
}

/** More than any tenant has: release A has 2,705. */
const EVERY = 100_000;

type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(body: unknown, name: string): readonly JsonRecord[] {
  const list = isRecord(body) ? body[name] : null;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

function statedPermission(permission: JsonRecord): StatedPermission {
  return {
    permissionName: String(permission["permissionName"]),
    subPermissions: namesIn(permission["subPermissions"]),
  };
}
