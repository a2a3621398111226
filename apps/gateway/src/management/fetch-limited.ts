import { AnswerFailure, connectOnWire, type UpstreamFailure, type UpstreamResponse } from "@octavo/http-wire";
import { err, ok, type Result } from "@octavo/result";

export interface FetchLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface Fetched {
  readonly status: number;
  readonly body: string;
}

/** GETs a URL that was checked before: no credentials, no redirects, bounded in time and size; the address that its name
 * leads to is checked when it is connected to.
 * @returns what went wrong, in the words of the network */
export function fetchLimited(url: URL, limits: FetchLimits): Promise<Result<Fetched, string>> {
  return get(url, limits.timeoutMs, async ({ status, body }) => {
    const bytes = body === null ? new Uint8Array() : await body.readAll(limits.maxBytes);
    if (bytes === null) return err(`the answer is longer than ${limits.maxBytes} bytes`);
    return ok({ status, body: Buffer.from(bytes).toString("utf8") });
  });
}

/** Whether anybody answers at this URL, with whatever status.
 * @returns the status, or what went wrong */
export function pingUrl(url: URL, timeoutMs: number): Promise<Result<number, string>> {
  return get(url, timeoutMs, async (answer) => {
    answer.abandon();
    return ok(answer.status);
  });
}

async function get<T>(
  url: URL,
  timeoutMs: number,
  read: (answer: UpstreamResponse) => Promise<Result<T, string>>,
): Promise<Result<T, string>> {
  const connections = connectOnWire();
  const signal = AbortSignal.timeout(timeoutMs);
  const request = {
    method: "GET",
    target: url.pathname + url.search,
    rawHeaders: ["Accept", "application/json, */*", "User-Agent", "octavo"],
    body: null,
    contentLength: null,
    signal,
  };
  const limits = { connectMs: timeoutMs, firstByteMs: timeoutMs, bodyIdleMs: timeoutMs };
  try {
    const answer = await connections.send(url.origin, request, limits);
    if (!answer.ok) return err(signal.aborted ? timedOut(timeoutMs) : sentenceOf(answer.error, url));
    return await read(answer.value);
  } catch (error) {
    if (signal.aborted) return err(timedOut(timeoutMs));
    if (error instanceof AnswerFailure) return err(error.message);
    throw error;
  } finally {
    await connections.close();
  }
}

function timedOut(timeoutMs: number): string {
  return `timeout: no whole answer within ${timeoutMs} ms`;
}

function sentenceOf({ kind, detail }: UpstreamFailure, url: URL): string {
  return kind === "forbidden-address"
    ? `URL must not point to a link-local or metadata address: ${url.href}`
    : `${kind}: ${detail}`;
}
