import { err, ok, type Result } from "@octavo/result";
import { type HeaderList, headerPairs, headersOf } from "./header-list.ts";

/** Headers that concern one connection only and are never passed on; framing and Expect among them, which we write or
 * answer ourselves. */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export function isHopByHop(name: string): boolean {
  return hopByHop.has(name.toLowerCase());
}

/** What `Connection` may name: a client must not be able to have an end-to-end header removed on the way, a tenant's or a
 * token's least of all (reliability 6, row 5). Names of headers that are not there do no harm. */
export function checkConnection(headers: HeaderList): Result<void, string> {
  const present = new Set<string>();
  for (const [name] of headerPairs(headers)) present.add(name.toLowerCase());
  for (const value of headersOf(headers, "connection")) {
    for (const option of value.split(",")) {
      const name = option.trim().toLowerCase();
      if (name === "close" || name === "keep-alive" || name === "") continue;
      const concernsAll = name === "content-length" || name === "expect";
      if (present.has(name) && (concernsAll || !isHopByHop(name))) {
        return err("The Connection header must not name a header that concerns more than this connection");
      }
    }
  }
  return ok(undefined);
}
