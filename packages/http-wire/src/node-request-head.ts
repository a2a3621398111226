import type { IncomingMessage } from "node:http";
import { err, ok, type Result } from "@octavo/result";
import { headerOf, type HeaderList } from "./header-list.ts";
import type { ListenerLimits } from "./listener.ts";
import type { BodyFraming, RequestHead } from "./request-head.ts";

export interface HeadRefusal {
  readonly status: 400 | 408 | 414 | 431;
  readonly message: string;
}

// Okapi's texts for these two.
export const uriTooLong: HeadRefusal = { status: 414, message: "Your request URI is too long." };
export const headersTooLarge: HeadRefusal = {
  status: 431,
  message: "Your HTTP request header fields are too large.",
};

/** What node:http parsed, as our head. Node's own limits are set wider than ours, so that these tell which was passed. */
export function readNodeHead(
  request: IncomingMessage,
  limits: ListenerLimits,
): Result<RequestHead, HeadRefusal> {
  const { method = "", url = "", httpVersion, rawHeaders } = request;
  if (httpVersion !== "1.0" && httpVersion !== "1.1") {
    return err({ status: 400, message: "Only HTTP/1.0 and HTTP/1.1 are spoken here" });
  }
  // method, space, target, space, "HTTP/1.1", CR LF
  if (method.length + url.length + 12 > limits.requestLineBytes) return err(uriTooLong);
  if (rawHeaders.length / 2 > limits.headerFields || sizeOf(rawHeaders) > limits.headerBytes)
    return err(headersTooLarge);
  return ok({
    method,
    target: url,
    version: httpVersion,
    rawHeaders,
    framing: framingOf(rawHeaders),
    remoteAddress: request.socket.remoteAddress ?? "",
  });
}

/** llhttp has refused whatever is in doubt (two lengths, a length with chunked); which codings may be used is the gate's. */
export function framingOf(headers: HeaderList): BodyFraming {
  if (headerOf(headers, "transfer-encoding") !== null) return { kind: "chunked" };
  const length = headerOf(headers, "content-length");
  return length === null || Number(length) === 0
    ? { kind: "none" }
    : { kind: "length", bytes: Number(length) };
}

function sizeOf(headers: HeaderList): number {
  let bytes = 2 * headers.length; // ": " and CR LF
  for (const part of headers) bytes += part.length;
  return bytes;
}
