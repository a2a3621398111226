import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import type { ModuleRef } from "./module-id.ts";
import { isNpmSnapshot, isPreRelease } from "./version.ts";

/** Which versions a list or a plan may use, as the query parameters preRelease and npmSnapshot say. */
export interface VersionFilter {
  readonly preRelease: VersionChoice;
  readonly npmSnapshot: VersionChoice;
}

/** "true" takes them too, "false" leaves them out, "only" takes nothing else. */
export type VersionChoice = "true" | "false" | "only";

/** A pre-release is judged by preRelease alone, another npm snapshot by npmSnapshot alone; a plain release is taken unless
 * one of the two is "only". */
export function matchesVersionFilter(ref: ModuleRef, filter: VersionFilter): boolean {
  if (ref.version !== null && isPreRelease(ref.version)) return filter.preRelease !== "false";
  if (ref.version !== null && isNpmSnapshot(ref.version)) return filter.npmSnapshot !== "false";
  return filter.preRelease !== "only" && filter.npmSnapshot !== "only";
}

/** @param preRelease and npmSnapshot: the parameters' values, null where they are absent (which means "true") */
export function parseVersionFilter(
  preRelease: string | null,
  npmSnapshot: string | null,
): Result<VersionFilter, string> {
  const npm = parseChoice("npmSnapshot", npmSnapshot); // first, as Okapi reads it first
  if (!npm.ok) return npm;
  const pre = parseChoice("preRelease", preRelease);
  if (!pre.ok) return pre;
  return ok({ preRelease: pre.value, npmSnapshot: npm.value });
}

function parseChoice(parameter: string, value: string | null): Result<VersionChoice, string> {
  if (value === null) return ok("true");
  if (value === "true" || value === "false" || value === "only") return ok(value);
  return err(
    `Expected "true", "false", "only" or undefined/null for parameter ${parameter}, but got: ${value}`,
  );
}
