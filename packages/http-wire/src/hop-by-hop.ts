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
  return mayBeHopByHop(name) && hopByHop.has(name.toLowerCase());
}

/** By length and first letter, which no other usual header shares but User-Agent and Cookie: asked of every header of every
 * message. */
function mayBeHopByHop(name: string): boolean {
  const first = name.charCodeAt(0) | LOWER_CASE;
  switch (name.length) {
    case 2:
      return first === LETTER.t;
    case 6:
      return first === LETTER.e;
    case 7:
      return first === LETTER.t || first === LETTER.u;
    case 10:
      return first === LETTER.c || first === LETTER.k;
    case 14:
      return first === LETTER.c || first === LETTER.h;
    case 16:
    case 18:
    case 19:
      return first === LETTER.p;
    case 17:
      return first === LETTER.t;
    default:
      return false;
  }
}

const LOWER_CASE = 0x20;
const LETTER = { c: 0x63, e: 0x65, h: 0x68, k: 0x6b, p: 0x70, t: 0x74, u: 0x75 } as const;

/** What `Connection` may name: a client must not be able to have an end-to-end header removed on the way, a tenant's or a
 * token's least of all (reliability 6, row 5). Names of headers that are not there do no harm. */
export function checkConnection(headers: HeaderList): Result<void, string> {
  const values = headersOf(headers, "connection");
  if (values.length === 0) return ok(undefined);
  const present = new Set<string>();
  for (const [name] of headerPairs(headers)) present.add(name.toLowerCase());
  for (const value of values) {
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
