import type { ModuleDescriptor } from "@octavo/descriptor";
import { ok, type Result } from "@octavo/result";
import { Client } from "pg";
import { checkServer } from "../check-server.ts";
import { limits } from "../connect.ts";
import { messageOf } from "../database-failure.ts";
import { applyInside, readLedger } from "../migrate.ts";
import { allMigrations } from "../migrations/all-migrations.ts";
import { type BackupError, fail } from "./backup-error.ts";
import { type BackupSummary, summaryOf } from "./backup-summary.ts";
import type { BackupHead, Row, TableHead } from "./backup-records.ts";
import { readBackup } from "./read-backup.ts";
import { printedPlainly, quoted, storedTables } from "./stored-tables.ts";
import { verifyRestored } from "./verify-restored.ts";

export interface RestoreOptions {
  readonly connectionString: string;
  readonly path: string;
  readonly passphrase: string | null;
  /** Whether what the database holds of Octavo may be lost. */
  readonly replaces: boolean;
  /** Whether sign-ins of before count again. They should not where the backup is older than the last of them that was
   * ended: what was taken back since would be given again. */
  readonly keepsSignIns: boolean;
  readonly internalModule: ModuleDescriptor;
  /** Says, inside the transaction, what else speaks against it; null where nothing does.
   * @param key of the backup; null where it holds none */
  readonly alsoCheck: (secrets: readonly WrappedSecret[], key: Uint8Array | null) => string | null;
}

/** A private key as it is stored. */
export interface WrappedSecret {
  readonly kid: string;
  readonly wrapped: string;
}

export interface Restored extends BackupSummary {
  readonly key: Uint8Array | null;
}

/** Puts a backup into a database: all of it, verified, or nothing. */
export async function restoreBackup(options: RestoreOptions): Promise<Result<Restored, BackupError>> {
  const client = new Client({
    connectionString: options.connectionString,
    fallback_application_name: "octavo restore",
    connectionTimeoutMillis: limits.connectMs,
  });
  client.on("error", () => undefined); // a connection that is cut fails the query that waits for it
  try {
    await client.connect();
    const checked = await checkServer(client);
    if (!checked.ok) return fail("unreachable", checked.error.message);
    const restored = await restore(client, options);
    await client.query(restored.ok ? "commit" : "rollback");
    return restored;
  } catch (cause) {
    return fail("unreachable", `the database has refused it, and is as it was: ${messageOf(cause)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Reads a backup to its end and changes nothing. */
export async function inspectBackup(
  path: string,
  passphrase: string | null,
): Promise<Result<BackupSummary, BackupError>> {
  let head: BackupHead | null = null;
  const done = Promise.resolve(ok(undefined));
  const read = await readBackup(path, passphrase, {
    head: (found) => {
      head = found;
      return done;
    },
    table: () => done,
    rows: () => Promise.resolve(),
  });
  if (!read.ok) return read;
  return head === null ? fail("damaged", `${path} has no head`) : ok(summaryOf(head, read.value));
}

async function restore(client: Client, options: RestoreOptions): Promise<Result<Restored, BackupError>> {
  await client.query(`begin; ${printedPlainly}; set local statement_timeout = 0`);
  const free = await makeRoom(client, options.replaces);
  if (!free.ok) return free;
  const loader = new Loader(client);
  const read = await readBackup(options.path, options.passphrase, loader);
  if (!read.ok) return read;
  const { found: head } = loader;
  if (head === null) return fail("damaged", `${options.path} has no head`);
  await bringUp(client, (version) => !head.migrations.includes(version));
  await client.query("update octavo.lease set expires_at = '-infinity'");
  // Revisions after the backup may be known elsewhere: this is another history.
  await client.query("update octavo.revision set history = gen_random_uuid()");
  if (!options.keepsSignIns) await endSignIns(client);
  const key = head.key === null ? null : Buffer.from(head.key, "base64");
  const wrong =
    (await verifyRestored(client, head, read.value, options.internalModule)) ??
    options.alsoCheck(await secretsOf(client), key);
  if (wrong !== null) return fail("damaged", `the backup was not restored: ${wrong}`);
  return ok({ ...summaryOf(head, read.value), key });
}

async function bringUp(client: Client, isWanted: (version: number) => boolean): Promise<void> {
  for (const migration of allMigrations)
    if (isWanted(migration.version)) await applyInside(client, migration);
}

async function makeRoom(client: Client, replaces: boolean): Promise<Result<void, BackupError>> {
  const { rows } = await client.query<{ taken: boolean; has_instances: boolean }>(
    `select to_regclass('octavo.revision') is not null as taken, to_regclass('octavo.instance') is not null as has_instances`,
  );
  if (rows[0]?.taken !== true) return ok(undefined);
  if (!replaces) {
    return fail(
      "refused",
      "the database holds a state of Octavo already: name an empty one, or let it be lost with --replace",
    );
  }
  const live = await client.query<{ url: string }>(
    "select url from octavo.instance where heartbeat_at > clock_timestamp() - interval '10 seconds' order by url",
  );
  if (live.rows.length > 0) {
    const urls = live.rows.map(({ url }) => url).join(", ");
    return fail("refused", `gateways still run on this database: stop them first (${urls})`);
  }
  await client.query("drop schema octavo cascade");
  return ok(undefined);
}

/** Whatever was signed before counts no more: epochs leap beyond all that may have been given out since the backup. */
async function endSignIns(client: Client): Promise<void> {
  await client.query("delete from octavo.session");
  await client.query(
    `insert into octavo.auth_epoch (tenant_id, epoch, serial, everybody_since, revision)
     select id, 0, 0, 0, revision from octavo.tenant on conflict do nothing`,
  );
  await client.query(
    "update octavo.auth_epoch set epoch = epoch + 1000000, serial = serial + 1, everybody_since = serial + 1",
  );
}

async function secretsOf(client: Client): Promise<readonly WrappedSecret[]> {
  const { rows } = await client.query<WrappedSecret>("select kid, wrapped from octavo.signing_secret");
  return rows;
}

/** Fills the tables of the version that the backup is of. */
class Loader {
  readonly #client: Client;
  #table: TableHead | null = null;
  #known = new Map<string, TableHead>();
  /** Null until it was read. */
  found: BackupHead | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  async head(head: BackupHead): Promise<Result<void, BackupError>> {
    const unknown = head.migrations.find(
      (version) => !allMigrations.some((known) => known.version === version),
    );
    if (unknown !== undefined) {
      return fail(
        "refused",
        `the backup has seen migration ${unknown} of the schema, which this program does not know: restore it with a newer Octavo`,
      );
    }
    this.found = head;
    await readLedger(this.#client);
    await bringUp(this.#client, (version) => head.migrations.includes(version));
    const tables = await storedTables(this.#client);
    this.#known = new Map(tables.map((table) => [table.table, table]));
    // What migrations have put there is in the backup too, or was removed since.
    await this.#client.query(`truncate ${tables.map(({ table }) => `octavo.${quoted(table)}`).join(", ")}`);
    return ok(undefined);
  }

  table(table: TableHead): Promise<Result<void, BackupError>> {
    const known = this.#known.get(table.table);
    if (known === undefined || JSON.stringify(known.columns) !== JSON.stringify(table.columns)) {
      const why = `the table ${table.table} is not as the schema of its time has it`;
      return Promise.resolve(fail("damaged", `the backup does not fit: ${why}`));
    }
    this.#table = table;
    return Promise.resolve(ok(undefined));
  }

  async rows(rows: readonly Row[]): Promise<void> {
    if (this.#table === null) return;
    const { table, columns } = this.#table;
    const names = columns.map(({ name }) => quoted(name)).join(", ");
    const values = columns.map(({ type }, at) => `(r.line ->> ${at})::${type}`).join(", ");
    await this.#client.query(
      `insert into octavo.${quoted(table)} (${names}) overriding system value
       select ${values} from json_array_elements($1::json) as r(line)`,
      [JSON.stringify(rows)],
    );
  }
}
