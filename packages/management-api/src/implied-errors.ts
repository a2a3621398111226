/** An error that follows from what an operation is, not from what it does. */
export interface ImpliedError {
  readonly status: number;
  /** What the OpenAPI document calls it. */
  readonly name: string;
  readonly description: string;
}

export const badBody = implied(400, "BadBody", "The body is not what is expected");
export const noCredential = implied(401, "NoCredential", "No valid credential was sent");
export const notAllowed = implied(403, "NotAllowed", "The credential does not allow this");
export const keyMismatch = implied(409, "KeyMismatch", "The idempotency key was used for another call");
export const tooLarge = implied(413, "TooLarge", "The body is too large");
export const tooMany = implied(429, "TooMany", "Too many writes at once; Retry-After says when to try again");
export const serverFault = implied(500, "ServerFault", "A fault of the server");
export const notAvailable = implied(
  501,
  "NotAvailable",
  "What is asked for is not available; the text says what to do",
);
export const notNow = implied(
  503,
  "NotNow",
  "The registry cannot be written now; Retry-After says when to try again",
);

export const impliedErrors: readonly ImpliedError[] = [
  badBody,
  noCredential,
  notAllowed,
  keyMismatch,
  tooLarge,
  tooMany,
  serverFault,
  notAvailable,
  notNow,
];

function implied(status: number, name: string, description: string): ImpliedError {
  return { status, name, description };
}
