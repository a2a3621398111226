import type { Failure } from "./answer.ts";
import { requestUrl } from "./request-url.ts";
import type { TransportOptions } from "./transport.ts";

/** One event of a stream that can be resumed behind it. */
export interface ServerEvent {
  /** Null where it has none: then the stream cannot be resumed behind it. */
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

export interface FollowOptions {
  /** Of the API, with its parameters filled in. */
  readonly path: string;
  /** The event after which the stream has ended. */
  readonly lastEvent: string;
  /** How long to try again without an answer, in milliseconds. Default 60,000. */
  readonly giveUpMs?: number;
  readonly signal?: AbortSignal;
}

const RETRY_MS = 500;

/** Follows a stream of server-sent events to its end. Where the connection is lost it goes on behind the last event, at
 * whichever instance answers then.
 * @returns null at the end of the stream, or why it cannot be followed further */
export async function* followEvents(
  options: TransportOptions,
  { path, lastEvent, giveUpMs = 60_000, signal }: FollowOptions,
): AsyncGenerator<ServerEvent, Failure | null> {
  const url = requestUrl(options.url, path, {});
  if (!(url instanceof URL)) return failure("bad-input", url.because);
  let lastId: string | null = null;
  let lostSince: number | null = null;
  for (;;) {
    const opened = await open(options, url, lastId, signal);
    if ("kind" in opened) {
      if (opened.kind !== "unreachable") return opened;
    } else {
      try {
        for await (const event of eventsOf(opened.body)) {
          lostSince = null;
          lastId = event.id ?? lastId;
          if (event.event === lastEvent) return null;
          yield event;
        }
      } catch (cause) {
        if (signal?.aborted === true) return failure("aborted", `GET ${url.href} was aborted`);
        if (!(cause instanceof TypeError)) throw cause; // what fetch says of a connection that is cut
      }
    }
    const now = performance.now();
    lostSince ??= now;
    if (now - lostSince > giveUpMs) {
      return failure("unreachable", `GET ${url.href}: lost, and not found again within ${giveUpMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    if (signal?.aborted === true) return failure("aborted", `GET ${url.href} was aborted`);
  }
}

async function open(
  { token }: TransportOptions,
  url: URL,
  lastId: string | null,
  signal: AbortSignal | undefined,
): Promise<{ readonly body: ReadableStream<Uint8Array> } | Failure> {
  try {
    const response = await fetch(url, {
      headers: {
        Accept: "text/event-stream, text/plain",
        ...(token !== undefined && { "X-Okapi-Token": token }),
        ...(lastId !== null && { "Last-Event-ID": lastId }),
      },
      redirect: "manual",
      ...(signal !== undefined && { signal }),
    });
    const { status, body } = response;
    const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream") === true;
    if (status === 200 && isStream && body !== null) return { body };
    const text = await response.text();
    // An instance that is going, or has lost its database: another one, or a later try, may do.
    if (status === 503) return failure("unreachable", text);
    if (status !== 200) return { ...failure("refused", text), status };
    return failure("malformed-answer", `GET ${url.href}: the answer is no stream of events`);
  } catch (cause) {
    if (signal?.aborted === true) return failure("aborted", `GET ${url.href} was aborted`);
    return failure("unreachable", cause instanceof Error ? cause.message : String(cause));
  }
}

/** Takes a stream apart as the HTML standard has it, but for "retry", which is not sent to us. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of body) {
    const blocks = (rest + decoder.decode(piece, { stream: true })).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) yield event;
    }
  }
}

/** @returns null for a comment */
function eventOf(block: string): ServerEvent | null {
  const data: string[] = [];
  let id: string | null = null;
  let event = "message";
  for (const line of block.split("\n")) {
    const [name = "", value = ""] = line.split(/: ?(.*)/su);
    if (name === "data") data.push(value);
    else if (name === "id") id = value;
    else if (name === "event") event = value;
  }
  return data.length === 0 ? null : { id, event, data: data.join("\n") };
}

function failure(kind: Failure["kind"], message: string): Failure {
  return { ok: false, kind, status: null, message, retryAfterSeconds: null };
}
