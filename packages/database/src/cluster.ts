import type { ClientConfig } from "pg";

/** One PostgreSQL server, or a primary and its standbys. */
export interface Cluster {
  /** Of the process's login, which has no rights of its own; its database is the one that the configuration calls by no name. */
  readonly url: string;
  /** Of a login with CREATEROLE and CREATE (CREATEDB where databases are to be made): tenant jobs use it. Null: none are run here. */
  readonly adminUrl: string | null;
}

/** How to reach one database of a cluster. */
export function configFor(
  cluster: Cluster,
  identity: "login" | "admin",
  database: string | null,
): ClientConfig {
  const given = identity === "login" ? cluster.url : cluster.adminUrl;
  if (given === null) throw new Error("schemas are made with OCTAVO_DB_ADMIN_URL, which is not set here");
  const url = new URL(given);
  if (database !== null) url.pathname = `/${encodeURIComponent(database)}`;
  return {
    connectionString: url.href,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    fallback_application_name: "octavo module",
  };
}

export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
