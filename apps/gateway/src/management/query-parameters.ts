import { parseVersionFilter, type VersionFilter } from "@octavo/descriptor";
import { ok, type Result } from "@octavo/result";
import type { Refusal } from "./handler.ts";
import { badRequest } from "./refusals.ts";

/** Query parameters as Okapi reads them (ModuleUtil), with its sentences. Where a name is given twice the first counts. */

export function booleanParameter(
  query: URLSearchParams,
  name: string,
  otherwise: boolean,
): Result<boolean, Refusal> {
  const value = query.get(name);
  if (value === null) return ok(otherwise);
  if (value === "true" || value === "false") return ok(value === "true");
  return badRequest(`Bad boolean for parameter ${name}: ${value}`);
}

/** `otherwise` null: the parameter must be given. */
export function integerParameter(
  query: URLSearchParams,
  name: string,
  otherwise: number | null,
): Result<number, Refusal> {
  const value = query.get(name);
  if (value === null) {
    return otherwise === null ? badRequest(`Missing value for parameter '${name}'`) : ok(otherwise);
  }
  const number = javaInteger(value);
  return number === null ? badRequest(`Bad integer for parameter '${name}'`) : ok(number);
}

/** `preRelease` and `npmSnapshot`. */
export function versionFilterParameter(query: URLSearchParams): Result<VersionFilter, Refusal> {
  const filter = parseVersionFilter(query.get("preRelease"), query.get("npmSnapshot"));
  return filter.ok ? filter : badRequest(filter.error);
}

/** What Java's Integer.parseInt takes: a sign, decimal digits, 32 bits. */
export function javaInteger(text: string): number | null {
  if (!/^[+-]?[0-9]+$/u.test(text)) return null;
  const number = Number(text);
  return number >= -(2 ** 31) && number < 2 ** 31 ? number : null;
}
