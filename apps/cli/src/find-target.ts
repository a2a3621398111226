import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "./exit-codes.ts";

/** Which gateway a command speaks to: --url, OCTAVO_URL, else the port of this machine. No slash at the end. */
export function findTarget(
  url: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Result<string, Failure> {
  const fromEnv = env["OCTAVO_URL"] ?? "";
  if (url !== undefined) return readUrl("--url", url);
  if (fromEnv !== "") return readUrl("OCTAVO_URL", fromEnv);
  return readUrl("OCTAVO_PORT", `http://127.0.0.1:${env["OCTAVO_PORT"] || "9130"}`);
}

function readUrl(where: string, value: string): Result<string, Failure> {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return err(failure(2, `${where} is no http address: ${value}`, "for example http://127.0.0.1:9130"));
  }
  if (url.username !== "" || url.password !== "") {
    return err(
      failure(2, `${where} holds a user name or password`, "give the operator token in a file: --token-file"),
    );
  }
  return ok(`${url.origin}${url.pathname}`.replace(/\/+$/u, ""));
}
