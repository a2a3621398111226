import type { BodySource, UpstreamRequest } from "@octavo/http-wire";
import type { Repeatability } from "./decide-retry.ts";

/** A streamed body that knows whether anybody has begun to read it. */
export class WatchedBody implements BodySource {
  readonly #body: BodySource;
  isTouched = false;

  constructor(body: BodySource) {
    this.#body = body;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.isTouched = true;
    return this.#body[Symbol.asyncIterator]();
  }

  readAll(limitBytes: number): Promise<Uint8Array | null> {
    this.isTouched = true;
    return this.#body.readAll(limitBytes);
  }
}

export function watch(body: UpstreamRequest["body"]): WatchedBody | Uint8Array | null {
  return body === null || body instanceof Uint8Array ? body : new WatchedBody(body);
}

export function repeatableBody(
  body: WatchedBody | Uint8Array | null,
  replayBytes: number,
): Repeatability["body"] {
  if (body === null) return "whole";
  if (body instanceof Uint8Array) return body.length <= replayBytes ? "whole" : "too-large";
  return body.isTouched ? "touched" : "whole";
}
