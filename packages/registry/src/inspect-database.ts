import { err, ok, type Result } from "@octavo/result";
import { Client } from "pg";
import { checkServer } from "./check-server.ts";
import { limits } from "./connect.ts";
import { messageOf } from "./database-failure.ts";
import { allMigrations } from "./migrations/all-migrations.ts";
import type { OpenError } from "./open-options.ts";

/** What a look at a database tells before anything is made in it. */
export interface DatabaseFacts {
  /** As the server names it: "17.2 (Debian 17.2-1)". */
  readonly version: string;
  readonly name: string;
  readonly user: string;
  /** A standby, or a primary that was told to refuse writes. */
  readonly isReadOnly: boolean;
  readonly schema: {
    /** null: there is no schema octavo yet, or none with tables of ours. */
    readonly version: number | null;
    /** The version that this program migrates it to. */
    readonly newestKnown: number;
    /** Whether this user may make the schema, or change it where it is there. */
    readonly isChangeable: boolean;
  };
  /** How far the server's clock is before ours; half the way of the question and its answer is not known. */
  readonly clockAheadMs: number;
  readonly connections: {
    /** What is left of max_connections for users without privileges. */
    readonly free: number;
    readonly most: number;
    readonly perInstance: number;
  };
}

/** A pool of eight, and the connection that listens. */
const perInstance = 9;

/** Looks at a database that the state is, or shall be, kept in, and changes nothing.
 * @param now the clock of this machine, in milliseconds since 1970
 * @returns in the error: what `openRegistry` would refuse too, or that the look itself was refused */
export async function inspectDatabase(
  connectionString: string,
  now: () => number,
): Promise<Result<DatabaseFacts, OpenError>> {
  const client = new Client({
    connectionString,
    fallback_application_name: "octavo doctor",
    connectionTimeoutMillis: limits.connectMs,
    statement_timeout: limits.statementMs,
    query_timeout: limits.answerMs,
  });
  client.on("error", () => undefined); // a connection that is cut fails the query that waits for it
  try {
    await client.connect();
    const checked = await checkServer(client);
    return checked.ok ? ok(await readFacts(client, now)) : checked;
  } catch (error) {
    return err({
      kind: "unreachable",
      message: `cannot look at the database: ${messageOf(error)}; check its URL and that the server runs`,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function readFacts(client: Client, now: () => number): Promise<DatabaseFacts> {
  const askedAt = now();
  const clock = await client.query<{ now: number }>(
    "select (extract(epoch from clock_timestamp()) * 1000)::float8 as now",
  );
  const answeredAt = now();
  const { rows } = await client.query<Row>(question);
  const row = rows[0];
  const there = clock.rows[0];
  if (row === undefined || there === undefined) throw new Error("it answered nothing");
  const { version, name, user, isReadOnly, isChangeable, hasLedger, most, reserved, taken } = row;
  return {
    version,
    name,
    user,
    isReadOnly,
    schema: {
      version: hasLedger ? await schemaVersion(client) : null,
      newestKnown: allMigrations.at(-1)?.version ?? 0,
      isChangeable,
    },
    clockAheadMs: Math.round(there.now - (askedAt + answeredAt) / 2),
    connections: { free: Math.max(0, most - reserved - taken), most, perInstance },
  };
}

interface Row extends Pick<DatabaseFacts, "version" | "name" | "user" | "isReadOnly"> {
  readonly isChangeable: boolean;
  readonly hasLedger: boolean;
  readonly most: number;
  readonly reserved: number;
  /** This question's own connection is not counted. */
  readonly taken: number;
}

/** The schema's rights only where there is one; reserved_connections is new in PostgreSQL 16. */
const question = `
select current_setting('server_version') as version, current_database() as name, current_user as "user",
  pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as "isReadOnly",
  case when to_regnamespace('octavo') is null then has_database_privilege(current_database(), 'create')
    else has_schema_privilege('octavo', 'create') end as "isChangeable",
  to_regclass('octavo.migration') is not null as "hasLedger",
  current_setting('max_connections')::int as most,
  current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true), '0')::int as reserved,
  (select count(*)::int from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()) as taken`;

async function schemaVersion(client: Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    "select coalesce(max(version), 0) as version from octavo.migration",
  );
  return rows[0]?.version ?? 0;
}
