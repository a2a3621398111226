import { createHash } from "node:crypto";
import { ok, type Result } from "@octavo/result";
import { Client } from "pg";
import { checkServer } from "../check-server.ts";
import { limits } from "../connect.ts";
import { messageOf } from "../database-failure.ts";
import { type BackupError, fail } from "./backup-error.ts";
import { type BackupSummary, summaryOf } from "./backup-summary.ts";
import { writeBackupFile } from "./backup-file.ts";
import type { BackupEnd, BackupHead, Row, TableHead } from "./backup-records.ts";
import { printedPlainly, quoted, storedTables } from "./stored-tables.ts";

export interface BackupOptions {
  readonly connectionString: string;
  readonly path: string;
  readonly passphrase: string | null;
  /** 32 bytes that go into the file; null leaves them out. */
  readonly key: Uint8Array | null;
}

const ROWS_AT_ONCE = 500;

/** Writes the schema octavo, as it is at one moment, into one file. Gateways go on meanwhile. */
export async function backUp(options: BackupOptions): Promise<Result<BackupSummary, BackupError>> {
  const client = new Client({
    connectionString: options.connectionString,
    fallback_application_name: "octavo backup",
    connectionTimeoutMillis: limits.connectMs,
  });
  client.on("error", () => undefined); // a connection that is cut fails the query that waits for it
  try {
    await client.connect();
    const checked = await checkServer(client);
    if (!checked.ok) return fail("unreachable", checked.error.message);
    return await write(client, options);
  } catch (cause) {
    return fail("unreachable", `the database cannot be read: ${messageOf(cause)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function write(client: Client, options: BackupOptions): Promise<Result<BackupSummary, BackupError>> {
  await client.query(`begin isolation level repeatable read read only; ${printedPlainly}`);
  const head = await readHead(client, options.key);
  if (head === null) {
    return fail("refused", "the database holds no state of Octavo: check the URL, or OCTAVO_DATA_DIR");
  }
  const counts: Record<string, number> = {};
  const written = await writeBackupFile(options.path, options.passphrase, lines(client, head, counts));
  if (!written.ok) return written;
  await client.query("commit");
  return ok(summaryOf(head, counts));
}

async function readHead(client: Client, key: Uint8Array | null): Promise<BackupHead | null> {
  const ledger = await client.query<{ exists: boolean }>(
    "select to_regclass('octavo.migration') is not null as exists",
  );
  if (ledger.rows[0]?.exists !== true) return null;
  const { rows } = await client.query<{
    taken_at: Date;
    database: string;
    migrations: readonly number[];
    counter: string;
    hash: string;
  }>(
    `select clock_timestamp() as taken_at, current_database() as database, r.counter, r.hash,
       (select array_agg(version order by version) from octavo.migration) as migrations
     from octavo.revision r`,
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    backup: 1,
    takenAt: row.taken_at.toISOString(),
    database: row.database,
    migrations: row.migrations,
    revision: Number(row.counter),
    hash: row.hash,
    key: key === null ? null : Buffer.from(key).toString("base64"),
  };
}

/** @param counts filled while the lines are read */
async function* lines(
  client: Client,
  head: BackupHead,
  counts: Record<string, number>,
): AsyncGenerator<string> {
  const digest = createHash("sha256");
  const line = (value: BackupHead | TableHead | Row | BackupEnd): string => {
    const text = `${JSON.stringify(value)}\n`;
    digest.update(text);
    return text;
  };
  yield line(head);
  for (const table of await storedTables(client)) {
    yield line(table);
    counts[table.table] = 0;
    for await (const rows of rowsOf(client, table)) {
      counts[table.table] = (counts[table.table] ?? 0) + rows.length;
      yield rows.map(line).join("");
    }
  }
  yield line({ end: { rows: counts, sha256: digest.copy().digest("hex") } });
}

async function* rowsOf(client: Client, { table, columns }: TableHead): AsyncGenerator<readonly Row[]> {
  const printed = columns.map(({ name }) => `${quoted(name)}::text`).join(", ");
  await client.query(`declare rows no scroll cursor for select ${printed} from octavo.${quoted(table)}`);
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `fetch ${ROWS_AT_ONCE} from rows`,
      rowMode: "array",
    });
    if (rows.length === 0) break;
    yield rows;
  }
  await client.query("close rows");
}
