import { readFileSync } from "node:fs";
import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "./exit-codes.ts";
import { plainly } from "./find-credential.ts";

/** A file's text, or the system's error code ("ENOENT"). */
export function readText(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, "utf8"));
  } catch (cause) {
    return err(errorCode(cause));
  }
}

/** A JSON file that the user named. */
export function readJsonFile(path: string): Result<unknown, Failure> {
  const text = readText(path);
  if (!text.ok) return err(failure(1, `cannot read ${path}: ${plainly(text.error)}`));
  return parseJson(text.value, path);
}

/** @param path named in the error */
export function parseJson(text: string, path: string): Result<unknown, Failure> {
  try {
    return ok(JSON.parse(text));
  } catch (cause) {
    return err(failure(1, `${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`));
  }
}

/** @throws what it was given where that is no refusal of the system: then it is a mistake of ours */
export function errorCode(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  throw cause;
}
