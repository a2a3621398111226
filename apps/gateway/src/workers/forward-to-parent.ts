import {
  type BodySource,
  type CheckedHead,
  connectOnWire,
  headerOf,
  type HeaderList,
  headerPairs,
  type ResponseSink,
} from "@octavo/http-wire";
import type { Log } from "../log.ts";

/** Tells the parent whom a request comes from; written by us, never by a client. */
export const remoteAddressHeader = "X-Octavo-Remote-Address";

export interface ParentConnections {
  /** Lets the parent answer. The head has passed the gate here; it passes the parent's as well. */
  forward(head: CheckedHead, body: BodySource, sink: ResponseSink): Promise<void>;
  close(): Promise<void>;
}

/** A management call may be a whole installation; whoever waits for it decides how long. */
const timeouts = { connectMs: 5000, firstByteMs: 3_600_000, bodyIdleMs: 60_000 };

/** What needs the database is answered by the parent, on a Unix socket. Each request has a connection of its own: it costs
 * 0.1 ms, and none can meet a connection that is just being closed. */
export function connectToParent(path: string, log: Log): ParentConnections {
  const connections = connectOnWire({ path });
  return {
    async forward(head, body, sink) {
      const sent = await connections.send(
        "http://parent",
        {
          method: head.method,
          target: head.target,
          rawHeaders: headersWithAddress(head.headers, head.remoteAddress),
          body: head.framing.kind === "none" ? null : body,
          contentLength: head.framing.kind === "length" ? head.framing.bytes : null,
          signal: sink.gone,
          expectsContinue: headerOf(head.headers, "expect") !== null,
          isOnNewConnection: true,
        },
        timeouts,
      );
      if (!sent.ok) {
        if (sink.gone.aborted) return;
        log.error({ because: sent.error.detail, kind: sent.error.kind }, "the parent does not answer");
        const message = "The gateway cannot answer this now: its main process does not. Try again";
        sink.send(503, ["Content-Type", "text/plain", "Retry-After", "1"], message);
        return;
      }
      const { status, rawHeaders, contentLength, body: answer } = sent.value;
      sink.start(status, rawHeaders, contentLength);
      for await (const piece of answer ?? []) {
        if (sink.gone.aborted) return sent.value.abandon();
        await sink.write(piece);
      }
      sink.end();
    },
    close: () => connections.close(),
  };
}

function headersWithAddress(headers: HeaderList, remoteAddress: string): string[] {
  const made: string[] = [];
  for (const [name, value] of headerPairs(headers)) {
    if (name.toLowerCase() !== remoteAddressHeader.toLowerCase()) made.push(name, value);
  }
  made.push(remoteAddressHeader, remoteAddress);
  return made;
}
