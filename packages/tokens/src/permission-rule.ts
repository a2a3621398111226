import { compileGlob } from "./permission-glob.ts";
import type { Glob } from "./permission-glob.ts";

/** What a routing entry says of permissions; the fields of a module descriptor's entry that matter here. */
export interface PermissionEntry {
  readonly pathPattern: string | null;
  /** Null where the descriptor leaves it out: nothing is required then, as with an empty list. */
  readonly permissionsRequired: readonly string[] | null;
  /** Null where the entry has none, which differs from an empty list. */
  readonly permissionsRequiredTenant: readonly string[] | null;
  readonly permissionsDesired: readonly string[];
}

/** Compiled once for each pipeline (the handler, and filters where there are any), for the hot path of
 * permission-check.ts. */
export interface PermissionRule {
  readonly required: readonly string[];
  /** Without patterns, which are few. */
  readonly wanted: ReadonlySet<string>;
  readonly wantedGlobs: readonly Glob[];
  readonly isPublic: boolean;
}

/** The entries of all stages are united, in their order, each permission once.
 * @param requirements of each entry for this request: those of the entry, or tenantPermissions() of it */
export function compilePermissionRule(
  entries: readonly PermissionEntry[],
  isPublic: boolean,
  requirements: (entry: PermissionEntry) => readonly string[] = (entry) => entry.permissionsRequired ?? [],
): PermissionRule {
  const required = new Set(entries.flatMap(requirements));
  const desired = entries.flatMap((entry) => entry.permissionsDesired);
  return {
    required: [...required],
    wanted: new Set([...required, ...desired.filter((each) => !each.includes("*"))]),
    wantedGlobs: [...new Set(desired.filter((each) => each.includes("*")))].map(compileGlob),
    isPublic,
  };
}

/** permissionsRequiredTenant, where the place of `{tenantId}` in the path holds the tenant of the request: a caller with a
 * token then needs these instead of permissionsRequired. A pattern without `{tenantId}` always qualifies.
 * @param path without the query, matched by the entry's pattern already
 * @returns null where the entry has none, or the path is another tenant's
 * @see Okapi: RoutingEntry.matchUriTenant; a `*` before the name is refused, because the places do not line up behind it */
export function tenantPermissions(
  entry: PermissionEntry,
  path: string,
  tenantId: string,
): readonly string[] | null {
  const { pathPattern, permissionsRequiredTenant } = entry;
  if (pathPattern === null || permissionsRequiredTenant === null) return null;
  const places = pathPattern.split("/");
  const parts = path.split("/");
  let isBehindStar = false;
  for (const [index, place] of places.entries()) {
    if (place.includes("{tenantId}")) {
      const meant = place.replaceAll("{tenantId}", tenantId);
      if (isBehindStar || parts[index] !== meant) return null;
    }
    isBehindStar ||= place.includes("*");
  }
  return permissionsRequiredTenant;
}
