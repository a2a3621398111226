import { Client } from "pg";

/** A database that can lose what came after a moment, as an asynchronous standby that is promoted: the state of that
 * moment takes the name of the database, and whoever is connected is cut off. */
export interface FailingOver {
  /** This is what a failover will go back to. */
  remember(): Promise<void>;
  failOver(): Promise<void>;
  close(): Promise<void>;
}

/** @param url of the database, with the right to make others */
export async function failingOver(url: string): Promise<FailingOver> {
  const name = new URL(url).pathname.slice(1);
  const elsewhere = new URL(url);
  elsewhere.pathname = "/postgres";
  const admin = new Client({ connectionString: elsewhere.href });
  await admin.connect();
  /** With nobody connected, and nobody let in meanwhile. */
  const alone = async (work: () => Promise<void>): Promise<void> => {
    await admin.query(`alter database ${name} allow_connections false`);
    // A backend that is told to end takes a moment, in which the database is in use.
    for (;;) {
      const { rowCount } = await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
        [name],
      );
      if (rowCount === 0) break;
    }
    await work();
    await admin.query(`alter database ${name} allow_connections true`);
  };
  return {
    remember: () =>
      alone(async () => {
        await admin.query(`drop database if exists ${name}_standby with (force)`);
        await admin.query(`create database ${name}_standby template ${name} strategy file_copy`);
      }),
    failOver: () =>
      alone(async () => {
        await admin.query(`alter database ${name} rename to ${name}_lost`);
        await admin.query(`alter database ${name}_standby rename to ${name}`);
      }),
    close: async () => {
      for (const copy of [`${name}_standby`, `${name}_lost`]) {
        await admin.query(`drop database if exists ${copy} with (force)`);
      }
      await admin.end();
    },
  };
}
