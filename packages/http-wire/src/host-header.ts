import { err, ok, type Result } from "@octavo/result";

// A name (with "_", as container names have it) or an IPv4 address; or an IPv6 address in brackets. A port may follow.
const authority =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?$/;

/** Exactly one Host with a valid authority; HTTP/1.0 may leave it out (a balancer's old health check does).
 * @returns the host as sent, or null where an HTTP/1.0 request has none */
export function checkHost(version: "1.0" | "1.1", hosts: readonly string[]): Result<string | null, string> {
  const [host] = hosts;
  if (host === undefined) {
    return version === "1.0" ? ok(null) : err("The Host header is missing");
  }
  if (hosts.length > 1) return err("There must be one Host header, not several");
  const match = authority.exec(host);
  if (match === null || Number(match[1] ?? 0) > 65_535)
    return err("The Host header must be a host name or address, with or without :port");
  return ok(host);
}
