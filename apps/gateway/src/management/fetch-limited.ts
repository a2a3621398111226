import { err, ok, type Result } from "@octavo/result";

export interface FetchLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface Fetched {
  readonly status: number;
  readonly body: string;
}

/** GETs a URL that was checked before: no credentials, no redirects, bounded in time and size.
 * @returns what went wrong, in the words of the network */
export async function fetchLimited(url: URL, limits: FetchLimits): Promise<Result<Fetched, string>> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      credentials: "omit",
      signal: AbortSignal.timeout(limits.timeoutMs),
    });
    const body = await readLimited(response, limits.maxBytes);
    if (body === null) return err(`the answer is longer than ${limits.maxBytes} bytes`);
    return ok({ status: response.status, body });
  } catch (error) {
    return err(causeOf(error));
  }
}

/** Whether anybody answers at this URL, with whatever status.
 * @returns the status, or what went wrong */
export async function pingUrl(url: URL, timeoutMs: number): Promise<Result<number, string>> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      credentials: "omit",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return ok(response.status);
  } catch (error) {
    return err(causeOf(error));
  }
}

async function readLimited(response: Response, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    // Leaving the loop cancels the body and closes the connection.
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString("utf8");
}

/** fetch says "fetch failed" and keeps the reason in `cause`, sometimes as a list of attempts without a text of its own. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (!(cause instanceof Error)) return error.message;
  if (cause.message !== "") return cause.message;
  return "code" in cause ? String(cause.code) : cause.name;
}
