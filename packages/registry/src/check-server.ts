import { err, ok, type Result } from "@octavo/result";
import type { Client, Pool } from "pg";
import { messageOf } from "./database-failure.ts";
import type { OpenError } from "./open-options.ts";

const oldestMajor = 15;

/** Refuses what would fail later and less clearly. */
export async function checkServer(database: Client | Pool): Promise<Result<void, OpenError>> {
  let row: { version: string; number: string; encoding: string; name: string } | undefined;
  try {
    const { rows } = await database.query<{
      version: string;
      number: string;
      encoding: string;
      name: string;
    }>(
      `select current_setting('server_version') as version, current_setting('server_version_num') as number,
         current_setting('server_encoding') as encoding, current_database() as name`,
    );
    row = rows[0];
  } catch (error) {
    return err({
      kind: "unreachable",
      message: `cannot reach the database: ${messageOf(error)}; check DATABASE_URL and that the server runs`,
    });
  }
  if (row === undefined) return err({ kind: "unreachable", message: "the database answered nothing" });
  if (Math.floor(Number(row.number) / 10_000) < oldestMajor) {
    return err({
      kind: "postgres-too-old",
      message: `PostgreSQL ${row.version} is too old: use ${oldestMajor} or newer`,
    });
  }
  if (row.encoding !== "UTF8") {
    return err({
      kind: "not-utf8",
      message:
        `the database ${row.name} has the encoding ${row.encoding}, which cannot hold every text: ` +
        `create one with "create database ${row.name}_utf8 encoding 'UTF8' template template0"`,
    });
  }
  return ok(undefined);
}
