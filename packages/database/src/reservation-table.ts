import { type AdminSession, quoted } from "./admin-session.ts";

/** Who has reserved how many connections of a cluster, in the cluster's own database. */
export const RESERVATIONS = "octavo_connections.reservation";

export async function makeReservations(session: AdminSession, login: string): Promise<void> {
  for (const statement of [
    "CREATE SCHEMA IF NOT EXISTS octavo_connections",
    `CREATE TABLE IF NOT EXISTS ${RESERVATIONS} (
      process uuid PRIMARY KEY,
      name text NOT NULL,
      connections int NOT NULL CHECK (connections > 0),
      expires_at timestamptz NOT NULL
    )`,
    `GRANT USAGE ON SCHEMA octavo_connections TO ${quoted(login)}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${RESERVATIONS} TO ${quoted(login)}`,
  ]) {
    await session.all(statement);
  }
}

/** Whether the table is there for this login, as for all but the first who asks. */
export function hasReservations(session: AdminSession, login: string): Promise<boolean> {
  const text =
    "SELECT FROM pg_roles WHERE rolname = $1 AND has_table_privilege(oid, to_regclass($2), 'DELETE')";
  return session.isThere(text, [login, RESERVATIONS]);
}
