import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { checkAvailable, keepAvailable } from "./check-available.ts";
import type { ModuleIndex } from "./module-index.ts";
import { obsoleteModules } from "./obsolete-modules.ts";
import { okapiTexts } from "./okapi-texts.ts";

export interface CleanupOptions {
  readonly saveReleases: number;
  readonly saveSnapshots: number;
  /** Whether modules that lose what they require go too; otherwise the cleanup is refused. */
  readonly removeDependencies: boolean;
  /** By the id of each enabled module: a tenant that has it enabled. */
  readonly inUse: ReadonlyMap<string, string>;
  readonly gatewayProvides?: readonly InterfaceReference[];
}

/** Which modules a cleanup makes unknown; or Okapi's text for why it may not.
 * A module that did not find what it requires before is left alone: the cleanup answers for what it breaks. */
export function planCleanup(
  known: ModuleIndex,
  options: CleanupOptions,
): Result<readonly ModuleDescriptor[], string> {
  const { gatewayProvides = [] } = options;
  const obsolete = obsoleteModules(known.all(), options.saveReleases, options.saveSnapshots);
  const remaining = known.with(
    [],
    obsolete.map(({ id }) => id),
  );
  const sound = remaining
    .all()
    .filter((module) => checkAvailable(known, [module], { gatewayProvides }) === "");
  const problems = options.removeDependencies ? "" : checkAvailable(remaining, sound, { gatewayProvides });
  if (problems !== "") return err(okapiTexts.cleanupBreaks(problems));
  const removed = [...obsolete, ...keepAvailable(remaining, sound, { gatewayProvides }).givenUp];
  for (const { id } of removed) {
    const tenantId = options.inUse.get(id);
    if (tenantId !== undefined) return err(okapiTexts.usedByTenant(id, tenantId));
  }
  return ok(removed);
}
