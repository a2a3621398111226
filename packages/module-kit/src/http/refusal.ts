/** One entry of FOLIO's Errors JSON. */
export interface ErrorEntry {
  readonly message: string;
  /** Class of the error, as RMB has it: "1" where nobody said. */
  readonly type?: string;
  /** A stable word that programs may compare. */
  readonly code?: string;
  readonly parameters?: readonly { readonly key: string; readonly value: string }[];
}

export type RefusalStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 410
  | 411
  | 412
  | 413
  | 415
  | 422
  | 423
  | 428
  | 429
  | 500
  | 501
  | 502
  | 503
  | 504;

/** An answer that is not what the client hoped for, as a value: returned by a handler, or thrown out of a transaction that shall not be
 * committed. It is sent as FOLIO's `{ errors: [{ message, type, code, parameters }], total_records }`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: RefusalStatus;
  readonly errors: readonly ErrorEntry[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: RefusalStatus,
    errors: readonly ErrorEntry[],
    headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(errors[0]?.message ?? `answered ${status}`, options);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** Turns what was thrown into an answer, or says null: "not mine". Rooms give theirs as a `ModulePart`. */
export type ReadRefusal = (cause: unknown) => Refusal | null;

/** 400: what was sent cannot be understood. */
export function badRequest(message: string, code = "bad-request"): Refusal {
  return new Refusal(400, [{ message, code }]);
}

/** 401: nobody, or a token that is not valid. */
export function unauthorised(message: string): Refusal {
  return new Refusal(401, [{ message, code: "unauthorized" }]);
}

/** 403: somebody who may not. */
export function forbidden(message: string): Refusal {
  return new Refusal(403, [{ message, code: "forbidden" }]);
}

/** 404.
 * @param what "tag", "user" */
export function notFound(what: string, id: string): Refusal {
  return new Refusal(404, [
    { message: `${what} ${id} is not found`, code: "not-found", ...parameter("id", id) },
  ]);
}

/** 409: understood, and at odds with what is there. */
export function conflict(message: string, code = "conflict"): Refusal {
  return new Refusal(409, [{ message, code }]);
}

/** 415: a body in a form that the route does not read. */
export function unknownMediaType(): Refusal {
  const message = "Content-Type is not one that this route accepts";
  return new Refusal(415, [{ message, code: "content-type" }]);
}

/** 422: one field has a value that does not do.
 * @param field path within the body, "metadata.createdDate" */
export function invalid(field: string, value: unknown, message: string, code = "invalid"): Refusal {
  return new Refusal(422, [{ message, code, ...parameter(field, textOf(value)) }]);
}

/** 503, to be repeated. */
export function unavailable(message: string, retryAfterSeconds: number, code = "unavailable"): Refusal {
  return new Refusal(503, [{ message, code }], { "retry-after": String(retryAfterSeconds) });
}

function parameter(key: string, value: string): Pick<ErrorEntry, "parameters"> {
  return { parameters: [{ key, value }] };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "null");
}

/** The JSON that clients of FOLIO read. */
export function errorsJson({ errors }: Refusal): object {
  return {
    errors: errors.map(({ message, type = "1", code, parameters = [] }) => ({
      message,
      type,
      ...(code !== undefined && { code }),
      parameters,
    })),
    total_records: errors.length,
  };
}
