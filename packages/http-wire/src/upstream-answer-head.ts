import { err, ok, type Result } from "@octavo/result";
import { type HeaderList, headerPairs } from "./header-list.ts";
import { isHopByHop } from "./hop-by-hop.ts";

/** What of an answer's head goes on to the client, and how its body is framed. */
export interface AnswerHead {
  readonly rawHeaders: readonly string[];
  readonly contentLength: number | null;
  /** "Keep-Alive: timeout=" in seconds: when the module will close this connection. */
  readonly keepAliveSeconds: number | null;
}

/** Takes framing and hop-by-hop headers off. What `Connection` names stays: a module cannot have an end-to-end header
 * removed. An answer that two readers could frame differently is refused, also where our parser would let it pass. */
export function readAnswerHead(headers: HeaderList): Result<AnswerHead, string> {
  const kept: string[] = [];
  let contentLength: number | null = null;
  let keepAliveSeconds: number | null = null;
  let isChunked = false;
  for (const [name, value] of headerPairs(headers)) {
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
      default: // concerns that connection only
    }
  }
  if (isChunked && contentLength !== null) return err("both Content-Length and Transfer-Encoding");
  return ok({ rawHeaders: kept, contentLength, keepAliveSeconds });
}
