import { createHash } from "node:crypto";
import { ok, type Result } from "@octavo/result";
import { type BackupError, fail } from "./backup-error.ts";
import { damageOf, openBackupFile } from "./backup-file.ts";
import type { BackupEnd, BackupHead, Row, TableHead } from "./backup-records.ts";

/** What is done with the parts of a backup, in their order. */
export interface BackupReader {
  head(head: BackupHead): Promise<Result<void, BackupError>>;
  table(table: TableHead): Promise<Result<void, BackupError>>;
  /** Some rows of the last table. */
  rows(rows: readonly Row[]): Promise<void>;
}

const ROWS_AT_ONCE = 500;

/** Reads a backup to its end, and says whether it was whole.
 * @returns rows by table, once all of it was what was written */
export async function readBackup(
  path: string,
  passphrase: string | null,
  reader: BackupReader,
): Promise<Result<Readonly<Record<string, number>>, BackupError>> {
  const opened = await openBackupFile(path, passphrase);
  if (!opened.ok) return opened;
  try {
    return await readLines(path, opened.value.lines, reader);
  } catch (cause) {
    const damage = damageOf(cause, path);
    if (damage === null) throw cause;
    return fail(damage.kind, damage.message);
  }
}

async function readLines(
  path: string,
  lines: AsyncIterable<string>,
  reader: BackupReader,
): Promise<Result<Readonly<Record<string, number>>, BackupError>> {
  const digest = createHash("sha256");
  const counts: Record<string, number> = {};
  let table: string | null = null;
  let waiting: Row[] = [];
  let isFirst = true;
  let end: BackupEnd["end"] | null = null;
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    await reader.rows(waiting);
    waiting = [];
  };
  for await (const line of lines) {
    if (end !== null) return damaged(path, "it goes on behind its end");
    // as: `sha256` proves in the end that these lines are those that we wrote
    const record = JSON.parse(line) as BackupHead | TableHead | Row | BackupEnd;
    if ("end" in record) {
      ({ end } = record);
      continue;
    }
    digest.update(`${line}\n`);
    if (isFirst) {
      if (!("backup" in record)) return damaged(path, "it has no head");
      isFirst = false;
      const taken = await reader.head(record);
      if (!taken.ok) return taken;
    } else if ("table" in record) {
      await flush();
      ({ table } = record);
      counts[table] = 0;
      const begun = await reader.table(record);
      if (!begun.ok) return begun;
    } else if (Array.isArray(record) && table !== null) {
      counts[table] = (counts[table] ?? 0) + 1;
      waiting.push(record);
      if (waiting.length >= ROWS_AT_ONCE) await flush();
    } else return damaged(path, "a line of it is none of a backup");
  }
  await flush();
  if (end === null) return damaged(path, "it is cut off");
  if (end.sha256 !== digest.digest("hex")) return damaged(path, "its content is not what was written");
  return ok(counts);
}

function damaged(path: string, why: string): Result<never, BackupError> {
  return fail("damaged", `${path} is damaged: ${why}. Take another backup`);
}
