import type { ClientConfig } from "pg";

/** One PostgreSQL server, or a primary and its standbys: `postgres://user:password@host:5432,other:5432/database`. */
export interface Cluster {
  /** Of the process's login, which has no rights of its own. Its database is the one where nothing else is said. */
  readonly url: string;
  /** Of a login with CREATEROLE and CREATE (CREATEDB where databases are to be made): tenant jobs use it. Null: none are run here. */
  readonly adminUrl: string | null;
}

const CONNECT_TIMEOUT_MS = 3000;

/** `postgres://user:password@` | hosts | `/database?...` */
const PARTS = /^(postgres(?:ql)?:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/u;

/** The same URL for each of its hosts; pg knows one host only. */
export function hostUrls(url: string): readonly string[] {
  const [, before = "", hosts = "", after = ""] = PARTS.exec(url) ?? [];
  return hosts.split(",").map((host) => `${before}${host}${after}`);
}

/** @returns the mistake of a URL as a sentence's end, null where there is none */
export function mistakeOfUrl(url: string): string | null {
  if (!PARTS.test(url)) return "must be postgres://user:password@host:port/database";
  for (const one of hostUrls(url)) {
    const parsed = URL.parse(one);
    if (parsed === null || (parsed.hostname === "" && !parsed.searchParams.has("host")))
      return "has a host that is none";
    if (parsed.username === "") return "names no user";
    if (parsed.pathname.length < 2) return "names no database";
  }
  return null;
}

/** Who connects, to which database where nothing else is said. */
export function identityOf(url: string): {
  readonly user: string;
  readonly password: string;
  readonly database: string;
} {
  const { username, password, pathname } = new URL(hostUrls(url)[0] ?? url);
  return {
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

/** How to reach a database at one host. */
export function configFor(hostUrl: string, database: string): ClientConfig {
  const url = new URL(hostUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return {
    connectionString: url.href,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    fallback_application_name: "octavo modules",
  };
}
