import type { InterfaceReference } from "@octavo/descriptor";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import type { ModuleIndex } from "./module-index.ts";
import { okapiTexts } from "./okapi-texts.ts";
import { PlanDraft } from "./plan-draft.ts";
import { rulesOf } from "./plan-options.ts";
import { joinProblems } from "./problems.ts";
import { repair } from "./repair.ts";
import type { ResolveError } from "./resolve-error.ts";

/** Whether one module may be enabled, disabled or put in another's place for a tenant as it stands; nothing is pulled in.
 * Disabling is always possible where the tenant is in disorder already.
 * @param from the module that goes, null where none does
 * @param to a known module that comes, null where none does */
export function checkEnableDisable(
  known: ModuleIndex,
  enabled: readonly string[],
  from: string | null,
  to: string | null,
  gatewayProvides: readonly InterfaceReference[] = [],
): Result<null, ResolveError> {
  const check = (ids: readonly string[]): Result<null, ResolveError> => {
    const [first, ...others] = repair(new PlanDraft(known, ids, rulesOf({ gatewayProvides, maxPasses: 0 })));
    return first === undefined ? ok(null) : err(joinProblems(first, others));
  };
  if (to === null && !check(enabled).ok) return ok(null);
  const staying = enabled.filter((id) => id !== from);
  if (to !== null && staying.includes(to)) {
    return err({
      kind: "already-enabled",
      message: okapiTexts.alreadyProvided(to),
      because: `${to} is enabled already; to run its tenant initialisation again, install it with reinstall=true`,
    });
  }
  return check(to === null ? staying : [...staying, to]);
}
