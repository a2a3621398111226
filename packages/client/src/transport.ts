import type { Answer, Failure } from "./answer.ts";
import type { Call, CallInput, OperationSpec } from "./call.ts";
import { RawJson } from "./raw-json.ts";
import { requestUrl } from "./request-url.ts";

export interface TransportOptions {
  /** Where the gateway answers: "http://127.0.0.1:9130". */
  readonly url: string;
  /** Token of an operator, or of a user of a tenant. */
  readonly token?: string;
  /** Longest wait for one answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 30_000;

/** Sends calls with fetch. After a connection failure a read is sent once more; a write only where it has an idempotency
 * key, which makes the second sending harmless. Nothing is tried again after a timeout or an answer. */
export function createTransport(options: TransportOptions): Call {
  return async <T>(operation: OperationSpec, input: CallInput): Promise<Answer<T>> => {
    const url = requestUrl(options.url, operation.path, input);
    if (!(url instanceof URL)) return failure("bad-input", `${operation.name}: ${url.because}`);
    const maySendAgain = !operation.writes || input.idempotencyKey !== undefined;
    const first = await send<T>(options, operation, input, url);
    const isLost = !first.ok && first.kind === "unreachable";
    return isLost && maySendAgain ? send<T>(options, operation, input, url) : first;
  };
}

async function send<T>(
  options: TransportOptions,
  operation: OperationSpec,
  input: CallInput,
  url: URL,
): Promise<Answer<T>> {
  const timeoutMs = input.timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = input.signal === undefined ? timeout : AbortSignal.any([timeout, input.signal]);
  const what = `${operation.method} ${url.href}`;
  try {
    const response = await fetch(url, {
      method: operation.method,
      headers: headersFor(options, input),
      ...(input.body !== undefined && { body: textOf(input.body) }),
      redirect: "manual",
      signal,
    });
    return readAnswer<T>(response, await response.text(), what);
  } catch (cause) {
    if (input.signal?.aborted === true) return failure("aborted", `${what} was aborted`);
    if (timeout.aborted) return failure("timeout", `${what}: no answer within ${timeoutMs} ms`);
    return failure("unreachable", `${what}: ${reasonOf(cause)}`);
  }
}

function headersFor({ token }: TransportOptions, input: CallInput): Record<string, string> {
  return {
    // A text/plain error is the bare message; other forms are only sent where they are asked for.
    Accept: "application/json, text/plain",
    ...(token !== undefined && { "X-Okapi-Token": token }),
    ...(input.body !== undefined && { "Content-Type": "application/json" }),
    ...(input.idempotencyKey !== undefined && { "Idempotency-Key": input.idempotencyKey }),
  };
}

function textOf(body: unknown): string {
  return body instanceof RawJson ? body.text : JSON.stringify(body);
}

function readAnswer<T>(response: Response, text: string, what: string): Answer<T> {
  const { status, headers } = response;
  if (status < 200 || status >= 300) {
    const message = text === "" ? `${what}: status ${status}` : text;
    return {
      ok: false,
      kind: "refused",
      status,
      message,
      retryAfterSeconds: secondsOf(headers.get("Retry-After")),
    };
  }
  const value = valueOf(headers.get("Content-Type"), text);
  if (value === null)
    return failure("malformed-answer", `${what}: the answer is not JSON as it says`, status);
  // as: the generated methods name the type that the API's document promises for this operation
  return { ok: true, status, value: value.read as T, text, location: headers.get("Location") };
}

/** null where the text is not what its content type says. */
function valueOf(contentType: string | null, text: string): { readonly read: unknown } | null {
  if (contentType?.startsWith("application/json") !== true) return { read: text === "" ? undefined : text };
  try {
    return { read: JSON.parse(text) };
  } catch {
    return null;
  }
}

function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/u.test(header) ? Number(header) : null;
}

/** fetch hides the reason ("connect ECONNREFUSED ...") in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause === undefined ? "" : reasonOf(error.cause);
  if (inner !== "") return inner;
  // A host with several addresses: one error for each, without a message of its own.
  return error instanceof AggregateError ? error.errors.map(reasonOf).join("; ") : error.message;
}

function failure(kind: Failure["kind"], message: string, status: number | null = null): Failure {
  return { ok: false, kind, status, message, retryAfterSeconds: null };
}
