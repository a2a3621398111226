import { type HeaderList, headerOf } from "@octavo/http-wire";
import { isJsonObject, parseJson } from "@octavo/json";
import { err, ok, type Result } from "@octavo/result";

/** The tokens that an auth filter made, by module id; "_" is for modules that are not named. null is no token.
 * @returns an empty map where it made none */
export function readModuleTokens(answer: HeaderList): Result<ReadonlyMap<string, string | null>, string> {
  const header = headerOf(answer, "x-okapi-module-tokens");
  if (header === null) return ok(new Map());
  const json = parseJson(header);
  if (!json.ok || !isJsonObject(json.value)) return err("X-Okapi-Module-Tokens is not a JSON object");
  const tokens = new Map<string, string | null>();
  for (const [moduleId, token] of json.value) {
    if (token !== null && typeof token !== "string") return err(`the token for ${moduleId} is no text`);
    tokens.set(moduleId, token);
  }
  return ok(tokens);
}

/** @returns undefined where the module's token stays what it was */
export function tokenFor(
  tokens: ReadonlyMap<string, string | null>,
  moduleId: string,
): string | null | undefined {
  return tokens.has(moduleId) ? tokens.get(moduleId) : tokens.get("_");
}
