import type { AdminConnections } from "./admin-connections.ts";
import { AdminSession, literal, quoted } from "./admin-session.ts";
import { identityOf } from "./cluster.ts";
import { repeated } from "./lost-race.ts";
import { hasReservations, makeReservations } from "./reservation-table.ts";
import type { Place } from "./place.ts";

/** Extensions have a schema of their own, on the path of owners only. */
export const EXTENSION_SCHEMA = "octavo_extensions";

/** A cluster as the provisioner has it. */
export interface AdminCluster {
  readonly connections: AdminConnections;
  /** Where reservations are, and what is connected to while a database is made. */
  readonly ownDatabase: string;
  /** Of the processes' login. */
  readonly loginUrl: string;
  /** From 0 up to 1: how the pauses before another attempt are spread. */
  readonly random: () => number;
}

/** Makes whatever of a place is missing. Several may do so at once: within a database they take turns; what belongs to the whole cluster
 * (databases, roles) may lose a race and is tried again.
 * @returns what this server does not allow */
export async function provisionPlace(cluster: AdminCluster, place: Place): Promise<readonly string[]> {
  return repeated(async () => {
    await prepareOnce(cluster);
    if (place.database !== cluster.ownDatabase) {
      await AdminSession.with(cluster.connections, cluster.ownDatabase, (session) =>
        makeDatabase(session, place.database),
      );
    }
    return AdminSession.with(cluster.connections, place.database, (session) =>
      inTurn(session, () => makePlace(session, cluster, place)),
    );
  }, cluster.random);
}

/** The processes' login and the table of reservations. */
export async function prepareCluster(cluster: AdminCluster): Promise<void> {
  await repeated(() => prepareOnce(cluster), cluster.random);
}

async function prepareOnce(cluster: AdminCluster): Promise<void> {
  const { user } = identityOf(cluster.loginUrl);
  await AdminSession.with(cluster.connections, cluster.ownDatabase, async (session) => {
    if (await hasReservations(session, user)) return;
    await inTurn(session, async () => {
      await makeLogin(session, cluster);
      await makeReservations(session, user);
    });
  });
}

async function makeDatabase(session: AdminSession, database: string): Promise<void> {
  if (await session.isThere("SELECT FROM pg_database WHERE datname = $1", [database])) return;
  await session.all(`CREATE DATABASE ${quoted(database)} TEMPLATE template0 ENCODING 'UTF8'`);
  await session.all(`REVOKE ALL ON DATABASE ${quoted(database)} FROM PUBLIC`);
}

async function makeLogin(session: AdminSession, { loginUrl }: AdminCluster): Promise<void> {
  const { user, password } = identityOf(loginUrl);
  await makeRole(session, user, `LOGIN NOINHERIT${password === "" ? "" : ` PASSWORD ${literal(password)}`}`);
}

async function makePlace(
  session: AdminSession,
  cluster: AdminCluster,
  place: Place,
): Promise<readonly string[]> {
  const { user } = identityOf(cluster.loginUrl);
  if (user === place.schema || user === `${place.schema}_owner`) {
    throw new Error(
      `the process logs in as "${user}", which is the name of a role of the module itself: give the login another name`,
    );
  }
  const login = quoted(user);
  const [schema, owner] = [quoted(place.schema), quoted(`${place.schema}_owner`)];
  for (const role of [place.schema, `${place.schema}_owner`])
    await makeRole(session, role, "NOLOGIN NOINHERIT");
  const [version] = await session.all(
    "SELECT current_setting('server_version_num')::int >= 160000 AS has_options",
  );
  const option = (text: string): string => (version?.["has_options"] === true ? ` WITH ${text}` : "");
  const warnings = await closeDoors(session, place);
  await session.allOf([
    `GRANT CONNECT ON DATABASE ${quoted(place.database)} TO ${login}`,
    `GRANT ${owner} TO CURRENT_USER${option("INHERIT TRUE, SET TRUE")}`,
    `GRANT ${schema} TO ${login}${option("INHERIT FALSE, SET TRUE")}`,
    `CREATE SCHEMA IF NOT EXISTS ${EXTENSION_SCHEMA}`,
    `GRANT USAGE ON SCHEMA ${EXTENSION_SCHEMA} TO ${owner}, ${schema}`,
    `CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ${EXTENSION_SCHEMA}`,
    `CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${schema}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${schema}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT USAGE, SELECT ON SEQUENCES TO ${schema}`,
  ]);
  return warnings;
}

/** A statement that somebody has injected an expression into still runs with the tenant's role; these are the ways out of it
 * (DECISIONS 20): `set_config('role', ...)` with `query_to_xml`, a block or function of plpgsql, a table of its own. */
async function closeDoors(session: AdminSession, place: Place): Promise<readonly string[]> {
  const database = quoted(place.database);
  const setConfig = "pg_catalog.set_config(text, text, boolean)";
  const doors = [
    {
      isOpen: `SELECT FROM pg_proc WHERE oid = '${setConfig}'::regprocedure AND has_function_privilege('public', oid, 'EXECUTE')`,
      close: `REVOKE EXECUTE ON FUNCTION ${setConfig} FROM PUBLIC`,
      warning: "set_config cannot be revoked from PUBLIC",
    },
    {
      isOpen:
        "SELECT FROM pg_language WHERE lanname = 'plpgsql' AND has_language_privilege('public', oid, 'USAGE')",
      close: "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
      warning: "plpgsql cannot be revoked from PUBLIC",
    },
    {
      isOpen:
        "SELECT FROM pg_database WHERE datname = current_database() AND has_database_privilege('public', oid, 'TEMPORARY')",
      close: `REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`,
      warning: "temporary tables cannot be revoked from PUBLIC",
    },
    {
      isOpen:
        "SELECT FROM pg_namespace WHERE nspname = 'public' AND has_schema_privilege('public', oid, 'CREATE')",
      close: "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
      warning: "tables in the schema public cannot be revoked from PUBLIC",
    },
  ];
  const warnings: string[] = [];
  const found = await session.allOf(doors.map(({ isOpen }) => isOpen));
  for (const { isOpen, close, warning } of doors.filter((_door, at) => found[at]?.length !== 0)) {
    await session.mayDo(close);
    if (await session.isThere(isOpen, [])) warnings.push(`${warning} in ${place.database}: ${REMEDY}`);
  }
  // Owners write triggers with it; nobody who runs a request becomes an owner.
  await session.mayDo(`GRANT USAGE ON LANGUAGE plpgsql TO ${quoted(`${place.schema}_owner`)}`);
  return warnings;
}

const REMEDY =
  "give the provisioner a superuser's rights once, or place each tenant in a database of its own";

async function makeRole(session: AdminSession, role: string, attributes: string): Promise<void> {
  if (await session.isThere("SELECT FROM pg_roles WHERE rolname = $1", [role])) return;
  await session.all(`CREATE ROLE ${quoted(role)} ${attributes}`);
}

/** One transaction; of several in one database one at a time. */
async function inTurn<T>(session: AdminSession, work: () => Promise<T>): Promise<T> {
  await session.all("BEGIN");
  await session.all("SELECT pg_advisory_xact_lock(hashtext('octavo_provision'))");
  const value = await work();
  await session.all("COMMIT");
  return value;
}
