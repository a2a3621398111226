import { ok, type Result } from "@octavo/result";
import type { CommandContext } from "../command.ts";
import { accept, type Connection } from "../connection.ts";
import type { Failure } from "../exit-codes.ts";
import { adminPassword } from "../tenant-admin/admin-password.ts";
import { ensureAdmin, hasCredentials } from "../tenant-admin/ensure-admin.ts";
import { TenantCalls } from "../tenant-admin/tenant-calls.ts";
import { loadRecords } from "./load-records.ts";
import type { SampleSet } from "./sample-records.ts";

/** Who can sign in to the tenant of `octavo up`. */
export interface SignIn {
  readonly username: string;
  readonly password:
    | { readonly kind: "made"; readonly text: string }
    /** That of OCTAVO_ADMIN_PASSWORD, or one that was there before. */
    | { readonly kind: "given" | "kept" };
}

export interface PeopleInput {
  readonly tenantId: string;
  /** Read only where it is needed. */
  readonly people: () => Result<SampleSet, Failure>;
  readonly books: () => Result<SampleSet, Failure>;
  /** Modules were enabled at this start: the administrator gets their permissions. */
  readonly hasNewModules: boolean;
}

const USERNAME = "admin";

/** Loads people, notes and books through the API and makes the tenant's administrator, he last: where he can sign in, all else was done, and a start
 * that was cut off goes on here.
 * @returns null where the tenant's modules know no users, permissions or sign-in, or nobody may call them (open mode) */
export async function ensurePeople(
  { tenantId, people, books, hasNewModules }: PeopleInput,
  connection: Connection,
  context: CommandContext,
): Promise<Result<SignIn | null, Failure>> {
  if (connection.token === null) {
    context.terminal.say(
      "octavo: without an operator's token nobody may call modules: people are not loaded",
    );
    return ok(null);
  }
  const provided = await providedInterfaces(tenantId, connection);
  if (!provided.ok) return provided;
  const lacking = ["users", "permissions", "login"].filter((name) => !provided.value.has(name));
  if (lacking.length > 0) {
    context.terminal.say(
      `octavo: nobody can sign in to ${tenantId}: no module of it provides ${lacking.join(", ")}`,
    );
    return ok(null);
  }
  const calls = new TenantCalls(connection, tenantId);
  const isThere = await hasCredentials(calls, USERNAME);
  if (!isThere.ok) return isThere;
  if (isThere.value && !hasNewModules) return ok({ username: USERNAME, password: { kind: "kept" } });
  for (const read of [
    ...(isThere.value ? [] : [people]),
    ...(provided.value.has("instance-storage") ? [books] : []),
  ]) {
    const set = read();
    if (!set.ok) return set;
    const loaded = await loadAll(set.value, provided.value, calls, context);
    if (!loaded.ok) return loaded;
  }
  const { password, isGenerated } = adminPassword(context.env);
  const made = await ensureAdmin(calls, { username: USERNAME, password });
  if (!made.ok) return made;
  if (!made.value.hasNewPassword) return ok({ username: USERNAME, password: { kind: "kept" } });
  return ok({
    username: USERNAME,
    password: isGenerated ? { kind: "made", text: password } : { kind: "given" },
  });
}

async function loadAll(
  { title, kinds }: SampleSet,
  provided: ReadonlySet<string>,
  calls: TenantCalls,
  { terminal }: CommandContext,
): Promise<Result<void, Failure>> {
  const wanted = kinds.filter(({ name }) => name !== "notes" || provided.has("notes"));
  const count = wanted.reduce((sum, { records }) => sum + records.length, 0);
  terminal.say(`octavo: loading ${title}, ${count} records ...`);
  const begunAt = performance.now();
  const counts: string[] = [];
  for (const kind of wanted) {
    const loaded = await loadRecords(calls, kind);
    if (!loaded.ok) return loaded;
    const { refused } = loaded.value;
    if (loaded.value.loaded > 0) counts.push(`${loaded.value.loaded} ${kind.name}`);
    if (refused.length > 0)
      terminal.say(`octavo: ${refused.length} ${kind.name} are refused, the first: ${refused[0]}`);
  }
  const seconds = (performance.now() - begunAt) / 1000;
  terminal.say(
    `octavo: loaded ${counts.join(", ") || "nothing that was not there"} in ${seconds.toFixed(1)} s`,
  );
  return ok(undefined);
}

async function providedInterfaces(
  tenantId: string,
  connection: Connection,
): Promise<Result<ReadonlySet<string>, Failure>> {
  const listed = accept(await connection.client.tenants.interfaces.list({ tenantId }), connection);
  if (!listed.ok) return listed;
  return ok(new Set(listed.value.value.flatMap(({ id }) => (id === undefined ? [] : [id]))));
}
