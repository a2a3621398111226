import { Client, DatabaseError } from "pg";
import { type Cluster, configFor } from "./cluster.ts";
import { Name } from "./statement.ts";
import type { Place } from "./place.ts";

/** Extensions have a schema of their own, on the path of owners only. */
export const EXTENSION_SCHEMA = "octavo_extensions";
const ATTEMPTS = 5;

/** Makes whatever of a place is missing: database, login, roles, schema, grants, extensions. Several may do so at once: within a database
 * they take turns, and what belongs to the whole cluster (databases, roles) may lose a race and is tried again. */
export async function provisionPlace(cluster: Cluster, place: Place): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await makeDatabase(cluster, place.database);
      await withAdmin(cluster, place.database, (admin) => makePlace(admin, cluster, place));
      return;
    } catch (error) {
      if (attempt >= ATTEMPTS || !isLostRace(error)) throw error;
    }
  }
}

/** @returns the schema's new name, null where there was none */
export async function trashPlace(cluster: Cluster, place: Place): Promise<string | null> {
  return withAdmin(cluster, place.database, async (admin) => {
    const found = await admin.query<{ day: string; trashed: readonly string[] }>(
      `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD') AS day,
         ARRAY(SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'trash\\_%') AS trashed
       FROM pg_namespace WHERE nspname = $1`,
      [place.schema],
    );
    const [first] = found.rows;
    if (first === undefined) return null;
    const trash = freeName(`trash_${first.day}`, place.schema, new Set(first.trashed));
    const [schema, to, role] = [quoted(place.schema), quoted(trash), quoted(place.schema)];
    await admin.query(
      [
        "BEGIN",
        `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${role}`,
        `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${schema} FROM ${role}`,
        `REVOKE ALL ON SCHEMA ${schema} FROM ${role}`,
        `REVOKE ${role} FROM ${quoted(loginOf(cluster))}`,
        `ALTER SCHEMA ${schema} RENAME TO ${to}`,
        "COMMIT",
      ].join("; "),
    );
    return trash;
  });
}

/** Where a contract moves what it takes out of use: at most 63 bytes, as a schema has 57. */
export async function trashSchemaFor(cluster: Cluster, place: Place): Promise<string> {
  return withAdmin(cluster, place.database, async (admin) => {
    const trash = `${place.schema}_trash`;
    await admin.query(
      `CREATE SCHEMA IF NOT EXISTS ${quoted(trash)} AUTHORIZATION ${quoted(`${place.schema}_owner`)}`,
    );
    return trash;
  });
}

/** Long names are cut, and a tenant may be purged twice a day. */
function freeName(prefix: string, schema: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const name = `${prefix}_${n === 1 ? "" : `${n}_`}${schema}`.slice(0, 63);
    if (!taken.has(name)) return name;
  }
}

/** Makes it what it was: renamed, and its role with all rights and its login. */
export async function restorePlace(cluster: Cluster, place: Place, trash: string): Promise<void> {
  await withAdmin(cluster, place.database, async (admin) => {
    const owner = `${place.schema}_owner`;
    const { rowCount } = await admin.query(
      "SELECT FROM pg_namespace WHERE nspname = $1 AND nspname LIKE 'trash\\_%' AND nspowner = $2::text::regrole",
      [trash, owner],
    );
    if (rowCount === 0) throw new Error(`"${trash}" is no schema that ${place.schema} had`);
    const [schema, role] = [quoted(place.schema), quoted(place.schema)];
    await admin.query(
      [
        "BEGIN",
        `ALTER SCHEMA ${quoted(trash)} RENAME TO ${schema}`,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
        `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`,
        "COMMIT",
      ].join("; "),
    );
  });
  await provisionPlace(cluster, place); // USAGE and the login's membership
}

async function makePlace(admin: Client, cluster: Cluster, place: Place): Promise<void> {
  const schema = quoted(place.schema);
  const owner = quoted(`${place.schema}_owner`);
  const login = new URL(cluster.url);
  const { rows } = await admin.query<{ major: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  );
  const hasGrantOptions = (rows[0]?.major ?? 0) >= 16;
  await admin.query("BEGIN");
  await admin.query("SELECT pg_advisory_xact_lock(hashtext('octavo_provision'))");
  await makeRole(
    admin,
    loginOf(cluster),
    `LOGIN NOINHERIT${login.password === "" ? "" : ` PASSWORD ${admin.escapeLiteral(decodeURIComponent(login.password))}`}`,
  );
  await makeRole(admin, place.schema, "NOLOGIN NOINHERIT");
  await makeRole(admin, `${place.schema}_owner`, "NOLOGIN NOINHERIT");
  const statements = [
    `GRANT CONNECT ON DATABASE ${quoted(place.database)} TO ${quoted(loginOf(cluster))}`,
    `REVOKE TEMPORARY ON DATABASE ${quoted(place.database)} FROM PUBLIC`,
    "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
    "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
    `GRANT USAGE ON LANGUAGE plpgsql TO ${owner}`,
    `CREATE SCHEMA IF NOT EXISTS ${EXTENSION_SCHEMA}`,
    `GRANT USAGE ON SCHEMA ${EXTENSION_SCHEMA} TO PUBLIC`,
    `CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ${EXTENSION_SCHEMA}`,
    `GRANT ${owner} TO CURRENT_USER${hasGrantOptions ? " WITH INHERIT TRUE, SET TRUE" : ""}`,
    `GRANT ${schema} TO ${quoted(loginOf(cluster))}${hasGrantOptions ? " WITH INHERIT FALSE, SET TRUE" : ""}`,
    `CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${schema}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${schema}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT USAGE, SELECT ON SEQUENCES TO ${schema}`,
  ];
  for (const statement of statements) await admin.query(statement);
  await admin.query("COMMIT");
}

async function makeRole(admin: Client, role: string, attributes: string): Promise<void> {
  const { rowCount } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
  if (rowCount === 0) await admin.query(`CREATE ROLE ${quoted(role)} ${attributes}`);
}

async function makeDatabase(cluster: Cluster, database: string): Promise<void> {
  await withAdmin(cluster, null, async (admin) => {
    const { rowCount } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [database]);
    if (rowCount !== 0) return;
    await admin.query(`CREATE DATABASE ${quoted(database)} TEMPLATE template0 ENCODING 'UTF8'`);
  });
}

async function withAdmin<T>(
  cluster: Cluster,
  database: string | null,
  work: (admin: Client) => Promise<T>,
): Promise<T> {
  const admin = new Client(configFor(cluster, "admin", database));
  admin.on("error", () => undefined); // its statements fail with it
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** There now, or changed by somebody else meanwhile. */
function isLostRace(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const isThere = ["42710", "42P04", "42P06", "23505", "40P01"].includes(error.code ?? "");
  return (
    isThere ||
    error.message.includes("concurrently updated") ||
    error.message.includes("being accessed by other users")
  );
}

function loginOf(cluster: Cluster): string {
  return decodeURIComponent(new URL(cluster.url).username);
}

function quoted(name: string): string {
  return new Name(name).quoted;
}
