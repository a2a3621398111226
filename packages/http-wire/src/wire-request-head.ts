// wire-request-head.ts runs for every request.
import { assert } from "@octavo/result";
import { isHopByHop } from "./hop-by-hop.ts";
import type { UpstreamRequest } from "./upstream.ts";

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldText = /^[\t\x20-\x7e\x80-\xff]*$/;
const targetText = /^[!-~]+$/;

/** A request's head as it is sent, one character per byte: one Host; the headers given, in their order and case, without what
 * concerns the connection they came on; one framing. Whatever could end a line early was refused by the gate or the parser
 * of answers; that nothing of it gets here is asserted, because it would be another request. */
export function wireRequestHead(host: string, request: UpstreamRequest): string {
  const { method, target, rawHeaders } = request;
  assert(token.test(method) && targetText.test(target), "a request line is one line");
  assert(fieldText.test(host), "a header is one line");
  let head = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (isHopByHop(name) || (name.length === 4 && name.toLowerCase() === "host")) continue;
    const value = rawHeaders[at + 1] ?? "";
    assert(token.test(name) && fieldText.test(value), "a header is one line");
    head += `${name}: ${value}\r\n`;
  }
  const end = request.isOnNewConnection === true ? "Connection: close" : "Connection: keep-alive";
  return `${head}${framing(request)}${end}\r\n\r\n`;
}

function framing({ body, contentLength, method, expectsContinue }: UpstreamRequest): string {
  if (body === null) {
    return method === "POST" || method === "PUT" || method === "PATCH" ? "Content-Length: 0\r\n" : "";
  }
  const length = body instanceof Uint8Array ? body.length : contentLength;
  const line = length === null ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${length}\r\n`;
  return expectsContinue === true ? `${line}Expect: 100-continue\r\n` : line;
}
