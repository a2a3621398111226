import { err, ok, type Result } from "@octavo/result";
import { checkConnection, isHopByHop } from "./hop-by-hop.ts";
import { checkHost } from "./host-header.ts";
import { type HeaderList, headersOf } from "./header-list.ts";
import {
  isAcceptedOkapiHeader,
  isGatewayHeader,
  type OkapiHeaders,
  readOkapiHeaders,
} from "./okapi-headers.ts";
import type { RequestHead } from "./request-head.ts";
import { checkTarget } from "./request-target.ts";

/** A head that means one thing to everybody. */
export interface CheckedHead {
  readonly method: string;
  /** The very bytes that were checked. */
  readonly target: string;
  /** The target without its query, as sent. */
  readonly path: string;
  /** Without the question mark; "" where there is none. */
  readonly query: string;
  readonly host: string | null;
  /** End-to-end headers as sent, in order; of X-Okapi-... only those that a caller may send, of X-Octavo-... none. */
  readonly headers: HeaderList;
  readonly okapi: OkapiHeaders;
  /** X-Octavo-Revision: the state that the client has seen and relies on; null where he says nothing. */
  readonly revision: number | null;
  readonly framing: RequestHead["framing"];
  readonly remoteAddress: string;
}

export interface GateRefusal {
  readonly status: 400;
  readonly message: string;
}

/** Decides what a well-framed head may mean, before routing: reject what is ambiguous, drop what is not the client's to
 * say. Node's parser is strict about framing and lax about meaning (reliability, finding 7). After a refusal the
 * connection must be closed: what follows on it may be part of what was refused.
 * @see reliability.md section 6, rows 1 to 6 */
export function checkHead(head: RequestHead): Result<CheckedHead, GateRefusal> {
  // A module's echo would show the client what only modules are told.
  if (head.method === "TRACE") return refuse("TRACE is not spoken here");
  const host = checkHost(head.version, headersOf(head.rawHeaders, "host"));
  if (!host.ok) return refuse(host.error);
  const target = checkTarget(head.method, head.target);
  if (!target.ok) return refuse(target.error);
  const framing = checkFraming(head);
  if (!framing.ok) return refuse(framing.error);
  const connection = checkConnection(head.rawHeaders);
  if (!connection.ok) return refuse(connection.error);
  const single = checkSingles(head.rawHeaders);
  if (!single.ok) return refuse(single.error);
  const okapi = readOkapiHeaders(head.rawHeaders);
  if (!okapi.ok) return refuse(okapi.error);
  const kept: string[] = [];
  const revision = endToEnd(head.rawHeaders, kept);
  if (revision !== null && !/^[0-9]{1,15}$/.test(revision)) {
    return refuse("X-Octavo-Revision must be one plain number");
  }
  return ok({
    method: head.method,
    target: head.target,
    path: target.value.path,
    query: target.value.query,
    host: host.value,
    headers: kept,
    okapi: okapi.value,
    revision: revision === null ? null : Number(revision),
    framing: head.framing,
    remoteAddress: head.remoteAddress,
  });
}

function refuse(message: string): Result<never, GateRefusal> {
  return err({ status: 400, message });
}

/** An adapter's parser has settled where the body ends; these are the forms that another parser settles otherwise. */
function checkFraming(head: RequestHead): Result<void, string> {
  const codings = headersOf(head.rawHeaders, "transfer-encoding");
  const lengths = headersOf(head.rawHeaders, "content-length");
  if (codings.length > 0) {
    if (head.version === "1.0") return err("Transfer-Encoding needs HTTP/1.1");
    if (codings.length > 1 || codings[0]?.toLowerCase() !== "chunked")
      return err("Transfer-Encoding must be chunked, and nothing else");
    if (lengths.length > 0) return err("There must not be both Content-Length and Transfer-Encoding");
  }
  if (lengths.length > 1) return err("There must be one Content-Length header, not several");
  if (lengths[0] !== undefined && !/^[0-9]{1,15}$/.test(lengths[0]))
    return err("Content-Length must be a plain number");
  for (let at = 0; at + 1 < head.rawHeaders.length; at += 2) {
    const name = head.rawHeaders[at] ?? "";
    if (isFramingInDisguise(name))
      return err(`A header must not be named like one that frames the body: ${name}`);
  }
  return ok(undefined);
}

/** A CGI environment makes CONTENT_LENGTH of all of these: a module behind one would frame the body by our client's word. */
function isFramingInDisguise(name: string): boolean {
  if (name.length === 14) return name[7] !== "-" && /^content[^-]length$/i.test(name);
  return name.length === 17 && name[8] !== "-" && /^transfer[^-]encoding$/i.test(name);
}

/** What the gateway decides by: the module must not find another value. */
function checkSingles(headers: HeaderList): Result<void, string> {
  if (headersOf(headers, "authorization").length > 1) {
    return err("There must be one Authorization header, not several");
  }
  if (headersOf(headers, "origin").length > 1) return err("There must be one Origin header, not several");
  const expectations = headersOf(headers, "expect");
  if (expectations.length > 1 || (expectations[0] ?? CONTINUE).toLowerCase() !== CONTINUE) {
    return err("Expect must be 100-continue, and nothing else");
  }
  return ok(undefined);
}

const CONTINUE = "100-continue";

/** @param kept gets what goes on
 * @returns what X-Octavo-Revision says, several of them with commas between */
function endToEnd(headers: HeaderList, kept: string[]): string | null {
  let revision: string | null = null;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    if (isHopByHop(name)) continue;
    if (isGatewayHeader(name) && !isAcceptedOkapiHeader(name)) {
      if (name.toLowerCase() !== "x-octavo-revision") continue;
      const value = headers[at + 1] ?? "";
      revision = revision === null ? value : `${revision}, ${value}`;
      continue;
    }
    kept.push(name, headers[at + 1] ?? "");
  }
  return revision;
}
