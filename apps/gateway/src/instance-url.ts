import { isWildcardHost } from "./loopback-host.ts";

/** Where a listener on this host is reached (DECISIONS 18): a wildcard is reached by loopback, as far as we know. */
export function instanceUrl(host: string, port: number): string {
  if (isWildcardHost(host)) return `http://127.0.0.1:${port}`;
  return host.includes(":") ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
