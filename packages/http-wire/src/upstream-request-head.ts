import { isHopByHop } from "./hop-by-hop.ts";
import type { UpstreamRequest } from "./upstream.ts";

/** A request's headers as they are sent: those given in their order and case, without what concerns the connection they came
 * on; one Host; one framing. Node adds `Connection`. */
export function upstreamHeaders(host: string, request: UpstreamRequest): string[] {
  const headers = ["Host", host];
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (isHopByHop(name) || (name.length === 4 && name.toLowerCase() === "host")) continue;
    headers.push(name, rawHeaders[at + 1] ?? "");
  }
  const { body, contentLength, method } = request;
  if (body instanceof Uint8Array) headers.push("Content-Length", String(body.length));
  else if (body !== null && contentLength !== null) headers.push("Content-Length", String(contentLength));
  else if (body !== null) headers.push("Transfer-Encoding", "chunked");
  else if (method === "POST" || method === "PUT" || method === "PATCH") headers.push("Content-Length", "0");
  if (body !== null && request.expectsContinue === true) headers.push("Expect", "100-continue");
  return headers;
}
