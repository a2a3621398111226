import { createClient, type Answer, type Client, type Failure as ClientFailure } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { typedPath } from "./caller-folder.ts";
import type { CommandContext, OptionSpecs } from "./command.ts";
import { failure, type ExitCode, type Failure } from "./exit-codes.ts";
import { findCredential } from "./find-credential.ts";
import { findTarget } from "./find-target.ts";
import { readText } from "./read-json-file.ts";

/** Options of every command that speaks to a gateway. */
export const connectionOptions = {
  url: {
    kind: "text",
    value: "URL",
    help: "the gateway; default OCTAVO_URL, else port OCTAVO_PORT (9130) of this machine",
  },
  "token-file": {
    kind: "text",
    value: "FILE",
    help: "operator token; default OCTAVO_OPERATOR_TOKEN[_FILE], $OCTAVO_DATA_DIR/operator-token",
  },
} as const satisfies OptionSpecs;

/** Exit codes of every command that speaks to a gateway, beside its own. */
export const connectionExits = {
  2: "wrong usage",
  3: "nothing answers at the URL",
  4: "no operator token was found, or it is not valid, or its role does not suffice",
} as const satisfies Partial<Record<ExitCode, string>>;

/** A gateway to speak to; nothing was sent yet. */
export interface Connection {
  readonly url: string;
  readonly client: Client;
  /** Null where no token was found: open mode needs none. */
  readonly token: string | null;
  /** Where the token was looked for. */
  readonly looked: readonly string[];
  readonly invocation: string;
}

export interface ConnectionInput {
  readonly url: string | undefined;
  readonly "token-file": string | undefined;
}

const TIMEOUT_MS = 120_000;

export function connect(input: ConnectionInput, context: CommandContext): Result<Connection, Failure> {
  const { env, invocation, folder } = context;
  const url = findTarget(input.url, env);
  if (!url.ok) return url;
  const dataDir = env["OCTAVO_DATA_DIR"] || ".octavo";
  const named = input["token-file"];
  const tokenFile = named === undefined ? undefined : typedPath(named, folder);
  const credential = findCredential({ tokenFile, env, dataDir, url: url.value }, readText);
  if (!credential.ok) return credential;
  return ok(openConnection(url.value, credential.value.token, credential.value.looked, invocation));
}

export function openConnection(
  url: string,
  token: string | null,
  looked: readonly string[],
  invocation: string,
): Connection {
  const client = createClient({ url, timeoutMs: TIMEOUT_MS, ...(token !== null && { token }) });
  return { url, client, token, looked, invocation };
}

/** What a 404 means for one command. */
interface NotFound {
  readonly message: string;
  readonly remedy: string | null;
}

/** What the gateway answered, or why a command fails by it.
 * @param notFound what a 404 means here; Okapi's text is often only the id */
export function accept<T>(
  answer: Answer<T>,
  connection: Connection,
  notFound: NotFound | null = null,
): Result<{ readonly value: T; readonly text: string }, Failure> {
  if (!answer.ok) return err(refusal(answer, connection, notFound));
  return ok({ value: answer.value, text: answer.text.trimEnd() });
}

/** Why a command fails by an answer, with the exit code that says whose fault it is. */
export function refusal(
  { kind, status, message, retryAfterSeconds }: ClientFailure,
  connection: Connection,
  notFound: NotFound | null = null,
): Failure {
  if (kind === "unreachable") return unreachable(connection, message);
  if (kind === "bad-input") return failure(2, message);
  if (kind === "malformed-answer") {
    return failure(3, `what answers at ${connection.url} is no Octavo gateway: ${message}`, "see: --url");
  }
  if (kind === "timeout")
    return failure(3, message, `is it busy or stuck? see: ${connection.invocation} doctor`);
  if (status === 401) return unauthorised(connection, message);
  if (status === 403)
    return failure(4, `not allowed: ${message}`, "use the token of an operator with that role");
  if (status === 404 && notFound !== null) return failure(1, notFound.message, notFound.remedy);
  return failure(1, message, retryAfterSeconds === null ? null : `try again in ${retryAfterSeconds} s`);
}

function unreachable({ url, invocation }: Connection, message: string): Failure {
  return failure(
    3,
    `nothing answers at ${url} (${message})`,
    `start it with: ${invocation} up\nor say where it is: --url URL, or OCTAVO_URL`,
  );
}

function unauthorised({ token, looked, url }: Connection, message: string): Failure {
  const places = looked.map((place) => `  ${place}`).join("\n");
  if (token === null)
    return failure(4, `${url} wants an operator token, and none was found`, `looked at:\n${places}`);
  return failure(
    4,
    `${url} does not accept the operator token: ${message}`,
    `it came from:\n  ${looked.at(-1) ?? ""}`,
  );
}
