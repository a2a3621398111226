import type { InterfaceReference } from "@octavo/descriptor";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { checkAvailable, usersOf } from "./check-available.ts";
import type { ModuleIndex } from "./module-index.ts";
import { okapiTexts } from "./okapi-texts.ts";

export type DeleteRefusal =
  | { readonly kind: "in-use"; readonly message: string }
  | { readonly kind: "not-found"; readonly message: string }
  | { readonly kind: "required"; readonly message: string };

/** Whether a module may be made unknown: no tenant has it enabled and no other known module loses what it requires.
 * @param usedBy a tenant that has it enabled, null where none has */
export function checkDelete(
  known: ModuleIndex,
  id: string,
  usedBy: string | null,
  gatewayProvides: readonly InterfaceReference[] = [],
): Result<null, DeleteRefusal> {
  if (usedBy !== null) return err({ kind: "in-use", message: okapiTexts.usedByTenant(id, usedBy) });
  const module = known.get(id);
  if (module === undefined) return err({ kind: "not-found", message: okapiTexts.deleteUnknown(id) });
  const without = known.with([], [id]);
  const broken = usersOf(known, module)
    .filter((user) => user !== module && checkAvailable(known, [user], { gatewayProvides }) === "")
    .map((user) => checkAvailable(without, [user], { gatewayProvides }))
    .filter((problems) => problems !== "");
  if (broken.length === 0) return ok(null);
  return err({ kind: "required", message: okapiTexts.deleteRefused(id, broken.join("\n")) });
}
