import type { TSchema } from "typebox";
import { errorAnswer } from "./answers.ts";
import {
  badBody,
  keyMismatch,
  noCredential,
  notAllowed,
  notNow,
  serverFault,
  tooLarge,
  tooMany,
} from "./implied-errors.ts";
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
  return {
    name: input.name,
    method: input.method,
    path: input.path,
    origin: /^\/_\/(?:octavo\/|health\/|metrics$)/u.test(input.path) ? "octavo" : "okapi",
    access: input.access,
    summary: input.summary,
    query: input.query ?? [],
    body: input.body ?? null,
    answers: [...input.answers, ...errorsOf(input, writes)],
    writes,
  };
}

function errorsOf(input: OperationInput<string>, writes: boolean): readonly Answer[] {
  const needsCredential = input.access.kind !== "public";
  const implied = [
    ...(input.body === undefined ? [] : [badBody, tooLarge]),
    ...(needsCredential ? [noCredential, serverFault] : []),
    ...(input.access.kind === "guarded" ? [notAllowed] : []),
    ...(writes ? [keyMismatch, tooMany, notNow] : []),
  ];
  const described = new Map(implied.map(({ status, description }) => [status, description]));
  for (const [status, description] of Object.entries(input.errors ?? {}))
    described.set(Number(status), description);
  return [...described]
    .sort(([a], [b]) => a - b)
    .map(([status, description]) => errorAnswer(status, description));
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
