import { err, ok, type Result } from "@octavo/result";
import type { HeaderList } from "./header-list.ts";
import { isHopByHop } from "./hop-by-hop.ts";

/** Interim answers (100, 103) before an answer: more than these are a flood. */
export const MOST_INTERIM_ANSWERS = 32;
/** A module may answer with a larger head than a client may send: it is one of few, and known. */
export const ANSWER_HEAD_BYTES = 64 * 1024;

/** What of an answer's head goes on to the client, and how its body is framed. */
export interface AnswerHead {
  readonly rawHeaders: readonly string[];
  readonly contentLength: number | null;
  readonly isChunked: boolean;
  /** "Keep-Alive: timeout=" in seconds: when the module will close this connection. */
  readonly keepAliveSeconds: number | null;
  /** What `Connection` says of it; null where it says nothing. */
  readonly connection: "close" | "keep-alive" | null;
}

/** Takes framing and hop-by-hop headers off. What `Connection` names stays: a module cannot have an end-to-end header
 * removed. An answer that two readers could frame differently is refused, also where our parser would let it pass. */
export function readAnswerHead(headers: HeaderList): Result<AnswerHead, string> {
  const kept: string[] = [];
  let contentLength: number | null = null;
  let keepAliveSeconds: number | null = null;
  let isChunked = false;
  let connection: AnswerHead["connection"] = null;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    const value = headers[at + 1] ?? "";
    if (!isHopByHop(name)) {
      kept.push(name, value);
      continue;
    }
    switch (name.toLowerCase()) {
      case "content-length":
        if (contentLength !== null) return err("several Content-Length headers");
        if (!/^\d{1,15}$/.test(value)) return err("a Content-Length that is no number");
        contentLength = Number(value);
        break;
      case "transfer-encoding":
        if (isChunked || value.toLowerCase() !== "chunked") return err("a Transfer-Encoding beside chunked");
        isChunked = true;
        break;
      case "keep-alive":
        keepAliveSeconds = Number(/(?:^|[ ,])timeout=(\d{1,9})/i.exec(value)?.[1] ?? Number.NaN);
        if (Number.isNaN(keepAliveSeconds)) keepAliveSeconds = null;
        break;
      case "connection":
        if (/(?:^|[ \t,])close(?:[ \t,]|$)/i.test(value)) connection = "close";
        else if (/(?:^|[ \t,])keep-alive(?:[ \t,]|$)/i.test(value)) connection ??= "keep-alive";
        break;
      default: // concerns that connection only
    }
  }
  if (isChunked && contentLength !== null) return err("both Content-Length and Transfer-Encoding");
  return ok({ rawHeaders: kept, contentLength, isChunked, keepAliveSeconds, connection });
}
