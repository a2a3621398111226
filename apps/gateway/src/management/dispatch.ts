import { setTimeout as delay } from "node:timers/promises";
import { type BodySource, type CheckedHead, headerOf, headersOf } from "@octavo/http-wire";
import { authorise, type Caller, findCaller } from "@octavo/identity";
import { matchOperation, type Operation, type OperationName } from "@octavo/management-api";
import { err, ok, type Result } from "@octavo/result";
import { type WaitFor, waitForOf } from "./everywhere.ts";
import type { Call, Refusal, Reply } from "./handler.ts";
import type { Handler, Platform } from "./platform.ts";
import type { WritePace } from "./write-pace.ts";

export interface ManagementRequest {
  readonly head: CheckedHead;
  readonly body: BodySource;
  readonly requestId: string;
}

/** An outcome with what the log and the answer want to know of the way to it. */
export interface Dispatched {
  readonly operation: Operation | null;
  readonly caller: Caller | null;
  readonly outcome: Result<Reply, Refusal>;
  /** Of a write. */
  readonly waitFor: WaitFor;
}

/** Every operation with who carries it out. */
export type HandlerTable = Readonly<Record<OperationName, Handler>>;

/** Whose token of a tenant this is; null where it is none that counts. */
export type CallerOfTenant = (token: string) => Promise<Caller | null>;

/** A body where none is asked for; Okapi's clients send "{}" at times. What it means is the handler's to say. */
const UNASKED_BODY_BYTES = 64 * 1024;

const noSuitableModule: Refusal = {
  kind: "not-found",
  message: "No suitable module found for path and tenant",
};

/** Carries out one call: which operation, who calls, may they, the body within its limit, the handler. Nothing of the body
 * is looked at before the caller is known to be allowed. */
export async function dispatch(
  request: ManagementRequest,
  handlers: HandlerTable,
  platform: Platform,
  callerOfTenant: CallerOfTenant,
  pace: WritePace,
): Promise<Dispatched> {
  const { head } = request;
  const { snapshot } = platform.registry;
  const credential = { token: head.okapi.token, authorization: headerOf(head.headers, "authorization") };
  const found = findCaller(credential, snapshot.operators, platform.config.managementAuth);
  if (!found.ok) return refused(null, null, { kind: "user", message: found.error });
  const caller = await knownCaller(found.value, credential, callerOfTenant);

  // RFC 9110 9.3.2: whatever answers GET answers HEAD; the sink sends no body. (Okapi has no HEAD.)
  const match = matchOperation(head.method === "HEAD" ? "GET" : head.method, head.path);
  // Another method on a known path is as unknown to Okapi as an unknown path.
  if (match === null || match.kind === "other-methods") return refused(null, caller, noSuitableModule);
  if (match.kind === "malformed-path") return refused(null, caller, { kind: "user", message: match.because });

  const { operation, params } = match;
  const authorisation = authorise(operation, caller, params);
  if (authorisation.kind === "refused") {
    const kind = authorisation.status === 401 ? "unauthorized" : "forbidden";
    return refused(operation, caller, { kind, message: authorisation.because });
  }
  const { tenant } = head.okapi;
  if (operation.access.kind !== "public" && tenant !== null && !snapshot.tenants.has(tenant)) {
    return refused(operation, caller, { kind: "user", message: `No such Tenant ${tenant}` });
  }
  const idempotencyKey = readIdempotencyKey(head, operation);
  if (!idempotencyKey.ok) return refused(operation, caller, idempotencyKey.error);
  const query = new URLSearchParams(head.query);
  const waitFor = waitForOf(operation, query);
  if (!waitFor.ok) return refused(operation, caller, waitFor.error);
  const waitMs = operation.writes ? pace.take() : 0;
  if (waitMs === null) return refused(operation, caller, tooMany(platform.config.writesPerSecond));
  if (waitMs > 0) await delay(waitMs);
  const body = await readText(request, operation, platform.config.maxBodyBytes);
  if (!body.ok) return refused(operation, caller, body.error);

  const call: Call = {
    operation,
    params,
    query,
    path: head.path,
    body: body.value,
    caller,
    requestId: request.requestId,
    idempotencyKey: idempotencyKey.value,
    lastEventId: headerOf(head.headers, "last-event-id"),
  };
  const outcome = await handlers[operation.name](call, platform);
  return { operation, caller, outcome, waitFor: waitFor.value };
}

function tooMany(perSecond: number): Refusal {
  return {
    kind: "too-many",
    message: `This gateway takes ${perSecond} writes a second, and more wait already; nothing was changed. Try again later.`,
    retryAfterSeconds: 1,
  };
}

/** What is no operator's may be a token of a tenant. */
async function knownCaller(
  caller: Caller,
  { token, authorization }: Parameters<typeof findCaller>[0],
  callerOfTenant: CallerOfTenant,
): Promise<Caller> {
  if (caller.kind !== "invalid-credential") return caller;
  const text =
    token === null || token === "" ? (authorization ?? "").replace(/^Bearer +/i, "").trim() : token;
  return (await callerOfTenant(text)) ?? caller;
}

function refused(operation: Operation | null, caller: Caller | null, refusal: Refusal): Dispatched {
  return { operation, caller, outcome: err(refusal), waitFor: "none" };
}

function readIdempotencyKey(head: CheckedHead, operation: Operation): Result<string | null, Refusal> {
  const keys = operation.writes ? headersOf(head.headers, "idempotency-key") : [];
  const [key] = keys;
  if (key === undefined) return ok(null);
  if (keys.length === 1 && /^[!-~]{1,255}$/.test(key)) return ok(key);
  return err({
    kind: "user",
    message: "Idempotency-Key must be one header of 1 to 255 letters, digits or punctuation",
  });
}

async function readText(
  { head, body }: ManagementRequest,
  operation: Operation,
  maxBodyBytes: number,
): Promise<Result<string, Refusal>> {
  const coding = headerOf(head.headers, "content-encoding");
  if (coding !== null && coding.toLowerCase() !== "identity") {
    return err({
      kind: "user",
      message: `Content-Encoding ${coding} is not taken here: send the body as it is`,
    });
  }
  const limitBytes = Math.min(operation.body?.limitBytes ?? UNASKED_BODY_BYTES, maxBodyBytes);
  const bytes = await body.readAll(limitBytes);
  if (bytes === null) {
    const message = `The body of ${operation.method} ${operation.path} is too large: at most ${limitBytes} bytes are taken`;
    return err({ kind: "too-large", message });
  }
  try {
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return err({ kind: "user", message: "The body is not UTF-8" });
  }
}
