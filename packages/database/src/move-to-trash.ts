import { AdminSession, quoted } from "./admin-session.ts";
import { identityOf } from "./cluster.ts";
import { repeated } from "./lost-race.ts";
import type { Place } from "./place.ts";
import { type AdminCluster, provisionPlace } from "./provision-place.ts";

const MAX_IDENTIFIER_BYTES = 63;
const LOCK_TIMEOUT_MS = 2000;

/** Renames a schema and takes all rights to it away; whoever still has a transaction in it ends first, or this fails.
 * @returns the schema's new name, null where there was none */
export async function moveToTrash(cluster: AdminCluster, place: Place): Promise<string | null> {
  return repeated(() => moveOnce(cluster, place), cluster.random);
}

async function moveOnce(cluster: AdminCluster, { database, schema }: Place): Promise<string | null> {
  return AdminSession.with(cluster.connections, database, async (session) => {
    if (!(await session.isThere("SELECT FROM pg_namespace WHERE nspname = $1", [schema]))) return null;
    await session.all("BEGIN");
    await session.all(`SET LOCAL lock_timeout TO ${LOCK_TIMEOUT_MS}`);
    const trash = await freeName(session, schema);
    const [from, login] = [quoted(schema), quoted(identityOf(cluster.loginUrl).user)];
    for (const statement of [
      `REVOKE ALL ON ALL TABLES IN SCHEMA ${from} FROM ${from}`,
      `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${from} FROM ${from}`,
      `REVOKE ALL ON SCHEMA ${from} FROM ${from}`,
      `REVOKE ${from} FROM ${login}`,
      `ALTER SCHEMA ${from} RENAME TO ${quoted(trash)}`,
      "COMMIT",
    ]) {
      await session.all(statement);
    }
    return trash;
  });
}

/** A new schema of the owner for what a migration takes out of use; no runtime role has any right to it. New each time: names within it are
 * free, and its own says since when. */
export async function makeTrashFor(cluster: AdminCluster, { database, schema }: Place): Promise<string> {
  const make = async (session: AdminSession): Promise<string> => {
    const trash = await freeName(session, schema);
    await session.all(`CREATE SCHEMA ${quoted(trash)} AUTHORIZATION ${quoted(`${schema}_owner`)}`);
    return trash;
  };
  return repeated(() => AdminSession.with(cluster.connections, database, make), cluster.random);
}

/** Makes it what it was: its name, and its role with all rights and its login. */
export async function restoreFromTrash(cluster: AdminCluster, place: Place, trash: string): Promise<void> {
  await repeated(() => renameBack(cluster, place, trash), cluster.random);
  await provisionPlace(cluster, place); // USAGE and the login's membership
}

async function renameBack(cluster: AdminCluster, place: Place, trash: string): Promise<void> {
  const schema = quoted(place.schema);
  await AdminSession.with(cluster.connections, place.database, async (session) => {
    const isOurs = await session.isThere(
      "SELECT FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner WHERE nspname = $1 AND nspname LIKE 'trash\\_%' AND rolname = $2",
      [trash, `${place.schema}_owner`],
    );
    if (!isOurs) throw new Error(`"${trash}" is no schema that ${place.schema} had`);
    for (const statement of [
      "BEGIN",
      `ALTER SCHEMA ${quoted(trash)} RENAME TO ${schema}`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${schema}`,
      `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${schema}`,
      "COMMIT",
    ]) {
      await session.all(statement);
    }
  });
}

/** `trash_<date>_<schema>`, with a number where the same was thrown away twice in a day, cut where it is too long. */
async function freeName(session: AdminSession, schema: string): Promise<string> {
  const [today] = await session.all("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD') AS day");
  for (let n = 1; ; n += 1) {
    const suffix = n === 1 ? "" : `_${n}`;
    const name =
      `trash_${String(today?.["day"])}_${schema}`.slice(0, MAX_IDENTIFIER_BYTES - suffix.length) + suffix;
    if (!(await session.isThere("SELECT FROM pg_namespace WHERE nspname = $1", [name]))) return name;
  }
}
