import { err, ok, type Result } from "@octavo/result";
import type { Pool } from "pg";
import { protocolRange } from "./heartbeat.ts";
import type { OpenError } from "./open-options.ts";

/** Refuses a state in which instances already write what this program does not know: tables that it would not read.
 * The number is raised by an operator, when every live instance knows it. */
export async function checkProtocol(pool: Pool): Promise<Result<void, OpenError>> {
  const { rows } = await pool.query<{ value: string }>(
    "select value from octavo.meta where name = 'active_protocol'",
  );
  const active = Number(rows[0]?.value);
  if (active >= protocolRange.min && active <= protocolRange.max) return ok(undefined);
  return err({
    kind: "schema-newer",
    message:
      `the instances on this database use protocol ${rows[0]?.value}, this program knows ` +
      `${protocolRange.min} to ${protocolRange.max}: start the version that finalized it, or a newer one`,
  });
}
