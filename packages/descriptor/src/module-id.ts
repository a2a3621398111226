import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { compareVersions, parseVersion, versionHasPrefix } from "./version.ts";
import type { Version } from "./version.ts";

/** A module, or with a null version a product ("mod-users"). A ModuleDescriptor is one as well. */
export interface ModuleRef {
  readonly id: string;
  readonly product: string;
  readonly version: Version | null;
}

/** Splits at the first "-" before a digit, so a product never holds one: "foo-bar1-1.2" is the product "foo-bar1".
 * The error is that of the version. */
export function parseModuleId(text: string): Result<ModuleRef, string> {
  const at = text.search(/-\d/);
  if (at === -1) return ok({ id: text, product: text, version: null });
  const version = parseVersion(text.slice(at + 1));
  return version.ok
    ? ok({ id: text, product: text.slice(0, at), version: version.value })
    : err(version.error);
}

/** Orders modules and says where they differ: ±5 in the product, else as compareVersions; a product alone is lowest (±4). */
export function compareModuleIds(a: ModuleRef, b: ModuleRef): number {
  if (a.product !== b.product) return a.product < b.product ? -5 : 5; // by UTF-16 code unit, as Java does
  if (a.version === null || b.version === null)
    return 4 * (Number(a.version !== null) - Number(b.version !== null));
  return compareVersions(a.version, b.version);
}

/** Whether `ref` is a module of that product and, where the prefix has a version, of that version. */
export function moduleHasPrefix(ref: ModuleRef, prefix: ModuleRef): boolean {
  if (ref.product !== prefix.product || ref.version === null) return false;
  return prefix.version === null || versionHasPrefix(ref.version, prefix.version);
}

/** The highest of `ref` and those candidates that are of its product; `ref` itself where none is above it. */
export function latestOf<T extends ModuleRef>(ref: T, candidates: Iterable<T>): T {
  let latest = ref;
  for (const candidate of candidates) {
    if (candidate.product === ref.product && compareModuleIds(candidate, latest) > 0) latest = candidate;
  }
  return latest;
}
