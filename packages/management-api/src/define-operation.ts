import type { TSchema } from "typebox";
import { errorAnswer } from "./answers.ts";
import type { Access, Answer, Operation, QueryParameter, RequestBody } from "./operation.ts";

/** An operation whose name is known to the compiler, so that a table of handlers can be complete. */
export interface NamedOperation<Name extends string> extends Operation {
  readonly name: Name;
}

export interface OperationInput<Name extends string> {
  readonly name: Name;
  readonly method: Operation["method"];
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly query?: readonly QueryParameter[];
  readonly body?: RequestBody;
  /** What it answers when all went well. */
  readonly answers: readonly Answer[];
  /** Statuses of its own errors, with what they mean; those that every operation of its kind has are added. */
  readonly errors?: Readonly<Record<number, string>>;
  /** Left out: everything but GET writes. */
  readonly writes?: boolean;
}

/** Completes what is said about one operation with what follows from it. */
export function defineOperation<const Name extends string>(
  input: OperationInput<Name>,
): NamedOperation<Name> {
  const writes = input.writes ?? input.method !== "GET";
  const errors = { ...impliedErrors(input, writes), ...input.errors };
  return {
    name: input.name,
    method: input.method,
    path: input.path,
    origin: /^\/_\/(octavo|health)\//u.test(input.path) ? "octavo" : "okapi",
    access: input.access,
    summary: input.summary,
    query: input.query ?? [],
    body: input.body ?? null,
    // Integer keys of an object come in ascending order, whatever the order of writing.
    answers: [
      ...input.answers,
      ...Object.entries(errors).map(([status, text]) => errorAnswer(Number(status), text)),
    ],
    writes,
  };
}

function impliedErrors(input: OperationInput<string>, writes: boolean): Readonly<Record<number, string>> {
  const needsCredential = input.access.kind !== "public";
  return {
    ...(needsCredential && { 401: "No valid credential was sent" }),
    ...(input.access.kind === "guarded" && { 403: "The credential does not allow this" }),
    ...(input.body !== undefined && {
      400: "The body is not what is expected",
      413: `The body is larger than ${input.body.limitBytes} bytes`,
    }),
    ...(writes && {
      409: "The idempotency key was used for another call",
      503: "The registry cannot be written now; the answer says when to try again",
    }),
    ...(needsCredential && { 500: "A fault of the server" }),
  };
}

const kibibyte = 1024;
export const mebibyte = kibibyte * kibibyte;

/** A body that must be sent. */
export function requiredBody(schema: TSchema, limitBytes = 64 * kibibyte): RequestBody {
  return { schema, contentType: "application/json", limitBytes, isOptional: false };
}

/** A body that may be left out. */
export function optionalBody(schema: TSchema, limitBytes = 64 * kibibyte): RequestBody {
  return { schema, contentType: "application/json", limitBytes, isOptional: true };
}
