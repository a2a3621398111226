import { compareModuleIds, isNpmSnapshot, isPreRelease } from "@octavo/descriptor";
import type { ModuleRef } from "@octavo/descriptor";
import { byId } from "./module-order.ts";

/** Snapshots and pre-releases that newer ones have outlived: those below `saveReleases` newer releases of their product and
 * below `saveSnapshots` newer snapshots of the same release. Releases are never obsolete. Newest first. */
export function obsoleteModules<T extends ModuleRef>(
  modules: readonly T[],
  saveReleases: number,
  saveSnapshots: number,
): readonly T[] {
  const obsolete: T[] = [];
  let newer: T | null = null;
  let releases = 0;
  let snapshots = 0;
  for (const module of [...modules].sort((a, b) => byId(b, a))) {
    const difference = newer === null ? -5 : compareModuleIds(module, newer);
    if (difference === -5) {
      releases = 0;
      snapshots = 0;
    }
    const isNpm = module.version !== null && isNpmSnapshot(module.version);
    const isSnapshot = isNpm || (module.version !== null && isPreRelease(module.version));
    if (isSnapshot && releases >= saveReleases && snapshots >= saveSnapshots) obsolete.push(module);
    if (difference >= -1 || isNpm) {
      snapshots += 1;
    } else {
      snapshots = 0;
      releases += 1;
    }
    newer = module;
  }
  return obsolete;
}
