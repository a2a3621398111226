import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "./exit-codes.ts";

/** What a command sends to show who asks, and for the message when there is nothing: where it was looked for. */
export interface Credential {
  readonly token: string | null;
  readonly looked: readonly string[];
}

export interface CredentialQuestion {
  /** `--token-file`. */
  readonly tokenFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  /** Where the token would be sent. */
  readonly url: string;
}

/** A file's text, or the system's error code ("ENOENT"). */
export type ReadText = (path: string) => Result<string, string>;

/** Looks for the operator token: --token-file, OCTAVO_OPERATOR_TOKEN, OCTAVO_OPERATOR_TOKEN_FILE, then the one that an
 * embedded platform left in its data folder. Having none is no failure: open mode needs none.
 * @see docs/decisions: operator tokens */
export function findCredential(
  question: CredentialQuestion,
  readText: ReadText,
): Result<Credential, Failure> {
  const { tokenFile, env } = question;
  if (tokenFile !== undefined) return fromNamedFile("--token-file", tokenFile, readText);
  const inline = env["OCTAVO_OPERATOR_TOKEN"]?.trim() ?? "";
  if (inline !== "") return ok({ token: inline, looked: ["OCTAVO_OPERATOR_TOKEN"] });
  const named = env["OCTAVO_OPERATOR_TOKEN_FILE"] ?? "";
  if (named !== "") return fromNamedFile("OCTAVO_OPERATOR_TOKEN_FILE", named, readText);

  const looked = [
    "--token-file (not given)",
    "OCTAVO_OPERATOR_TOKEN (not set)",
    "OCTAVO_OPERATOR_TOKEN_FILE (not set)",
  ];
  const path = `${question.dataDir}/operator-token`;
  // The token of this machine's own platform is not handed to another machine because of a mistyped --url.
  if (!isLoopback(question.url))
    return ok({ token: null, looked: [...looked, `${path} (used for this machine only)`] });
  const text = readText(path);
  if (text.ok && text.value.trim() !== "") return ok({ token: text.value.trim(), looked: [...looked, path] });
  return ok({ token: null, looked: [...looked, `${path} (${text.ok ? "empty" : plainly(text.error)})`] });
}

/** @param url absolute; its host decides */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/u.test(hostname);
}

function fromNamedFile(where: string, path: string, readText: ReadText): Result<Credential, Failure> {
  const text = readText(path);
  if (!text.ok)
    return err(failure(2, `cannot read the operator token from ${path} (${where}): ${plainly(text.error)}`));
  const token = text.value.trim();
  if (token === "")
    return err(failure(2, `the file ${path} (${where}) is empty`, "it should hold one operator token"));
  return ok({ token, looked: [`${where} ${path}`] });
}

/** The system's error codes in words. */
export function plainly(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: "not there",
    EACCES: "not readable by this user",
    EPERM: "not permitted",
    EISDIR: "is a folder",
    ENOTDIR: "not a folder",
  };
  return words[code] ?? code;
}
