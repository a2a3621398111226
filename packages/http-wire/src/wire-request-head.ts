// wire-request-head.ts runs for every request.
import { assert } from "@octavo/result";
import { upstreamHeaders } from "./upstream-request-head.ts";
import type { UpstreamRequest } from "./upstream.ts";

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldText = /^[\t\x20-\x7e\x80-\xff]*$/;
const targetText = /^[!-~]+$/;

/** A request's head as it is sent, one character per byte. Whatever could end a line early was refused by the gate or the
 * parser of answers; that nothing of it gets here is asserted, because it would be another request. */
export function wireRequestHead(host: string, request: UpstreamRequest): string {
  const { method, target } = request;
  assert(token.test(method) && targetText.test(target), "a request line is one line");
  let head = `${method} ${target} HTTP/1.1\r\n`;
  const headers = upstreamHeaders(host, request);
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    const value = headers[at + 1] ?? "";
    assert(token.test(name) && fieldText.test(value), "a header is one line");
    head += `${name}: ${value}\r\n`;
  }
  return `${head}Connection: ${request.isOnNewConnection === true ? "close" : "keep-alive"}\r\n\r\n`;
}
