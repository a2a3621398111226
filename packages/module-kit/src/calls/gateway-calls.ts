import { isInsideTransaction } from "@octavo/database";
import { err, ok, type Result } from "@octavo/result";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { RequestContext } from "../definition/request-context.ts";
import { DEADLINE_HEADER } from "../http/deadline.ts";
import type { CallAnswer, CallError, CallRequest, Calls } from "./calls.ts";

/** On whose behalf calls are made. */
export type CallContext = Pick<
  RequestContext,
  "tenantId" | "token" | "requestId" | "okapiUrl" | "deadlineMs" | "signal" | "remainingMs"
>;

const TIMEOUT_MS = 30_000;
const LONGEST_ANSWER_BYTES = 64 * 1024 ** 2;
const LONGEST_REFUSAL = 64 * 1024;

/** Calls through the gateway with the tenant, token, request id and deadline of `context`, in the time that it has left. The deadline goes on as it
 * came: a shorter time of a call's own is kept here, by leaving, since a deadline of this machine's making would be as wrong as its clock.
 * @param gatewayUrl the configured one; null: the one that the request came from. A header that anybody may have written does not lead a
 * configured module elsewhere */
export function gatewayCalls(context: CallContext, gatewayUrl: string | null): Calls {
  const base = gatewayUrl ?? context.okapiUrl;
  return {
    send: async <Schema extends TSchema>(request: CallRequest<Schema>) => {
      if (isInsideTransaction()) {
        throw new Error(
          `${request.method} ${request.path} within a transaction: it would hold a connection while others work; call before or after it`,
        );
      }
      if (base === null) {
        return err({ kind: "no-gateway", message: "no X-Okapi-Url came with the request; set OCTAVO_URL" });
      }
      return await send(base, context, request);
    },
  };
}

type Outcome<Schema extends TSchema> = Result<CallAnswer<Static<Schema>>, CallError>;

async function send<Schema extends TSchema>(
  base: string,
  context: CallContext,
  request: CallRequest<Schema>,
): Promise<Outcome<Schema>> {
  const timeoutMs = Math.min(request.timeoutMs ?? TIMEOUT_MS, context.remainingMs());
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(Math.ceil(timeoutMs))]);
  try {
    const answer = await fetch(addressOf(base, request), {
      method: request.method,
      headers: headersOf(context, request),
      signal,
      redirect: "manual", // the token would go along to wherever an answer points
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    const text = await readText(answer);
    if (text === null) {
      return err({ kind: "malformed", message: `the answer is longer than ${LONGEST_ANSWER_BYTES} bytes` });
    }
    const { status, headers } = answer;
    if (!answer.ok) return err({ kind: "refused", status, headers, text: text.slice(0, LONGEST_REFUSAL) });
    return readAnswer(request.answer, { status, headers, text });
  } catch (cause) {
    if (signal.aborted)
      return err({ kind: "timeout", message: `no answer within ${Math.round(timeoutMs)} ms` });
    return err({ kind: "unreachable", message: causeOf(cause) });
  }
}

function addressOf(base: string, { path, query }: CallRequest<TSchema>): string {
  if (!path.startsWith("/")) throw new Error(`the path of a call begins with "/": ${path}`);
  const url = `${base.replace(/\/+$/u, "")}${path}`;
  const entries = Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]);
  // as: pairs, which the signature of URLSearchParams cannot see of a mapped list
  return entries.length === 0
    ? url
    : `${url}?${new URLSearchParams(entries as [string, string][]).toString()}`;
}

function headersOf(
  { tenantId, token, requestId, deadlineMs }: CallContext,
  { body, headers = {}, idempotencyKey }: CallRequest<TSchema>,
): Record<string, string> {
  const besides = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    ...Object.fromEntries(besides.filter(([name]) => !name.startsWith("x-okapi-"))),
    accept: "application/json",
    "x-okapi-tenant": tenantId,
    "x-okapi-request-id": requestId,
    ...(deadlineMs !== null && { [DEADLINE_HEADER]: String(deadlineMs) }),
    ...(token !== null && { "x-okapi-token": token }),
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
  };
}

/** @returns null where it is longer than is read */
async function readText(answer: Response): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    if (bytes > LONGEST_ANSWER_BYTES) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function readAnswer<Schema extends TSchema>(
  schema: Schema,
  { status, headers, text }: { readonly status: number; readonly headers: Headers; readonly text: string },
): Outcome<Schema> {
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    return err({ kind: "malformed", message: "the answer is not JSON" });
  }
  const validator = validatorOf(schema);
  // as: the validator is of this schema
  if (validator.Check(body)) return ok({ status, headers, body: body as Static<Schema> });
  const [first] = validator.Errors(body);
  const where = first === undefined ? "" : `: ${first.instancePath} ${first.message}`;
  return err({ kind: "malformed", message: `the answer is not what was declared${where}` });
}

type Validator = ReturnType<typeof Compile<TSchema>>;

/** Schemas are constants of a module: each is compiled once. */
const validators = new WeakMap<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = Compile(schema);
  validators.set(schema, made);
  return made;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
