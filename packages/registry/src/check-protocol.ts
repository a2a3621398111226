import { err, ok, type Result } from "@octavo/result";
import type { Pool } from "pg";
import type { OpenError } from "./open-options.ts";
import { outsideProtocol, type Protocol } from "./protocol.ts";

/** Refuses a state in which instances already write what this program does not know: tables that it would not read.
 * Asked again after the first heartbeat: who finalizes meanwhile has either seen that heartbeat, and refuses, or holds
 * the row, which is waited for. */
export async function checkProtocol(pool: Pool, protocol: Protocol): Promise<Result<void, OpenError>> {
  const { rows } = await pool.query<{ value: string }>(
    "select value from octavo.meta where name = 'active_protocol' for share",
  );
  const outside = outsideProtocol(Number(rows[0]?.value), protocol);
  return outside === null ? ok(undefined) : err({ kind: "schema-newer", message: outside });
}
