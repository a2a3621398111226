import { err, ok, type Result } from "@octavo/result";
import { type Static, Type } from "typebox";

/** What `_tenant` 2.0 is posted, as Okapi and this platform's gateway send it. */
export const TenantAttributes = Type.Object({
  module_from: Type.Optional(Type.String({ description: "Version that the tenant has" })),
  module_to: Type.Optional(Type.String({ description: "Version that the tenant is to have" })),
  purge: Type.Optional(Type.Boolean({ description: "Of a module that goes: its data too" })),
  parameters: Type.Optional(
    Type.Array(Type.Object({ key: Type.String(), value: Type.Optional(Type.String()) })),
  ),
});
export type TenantAttributes = Static<typeof TenantAttributes>;

/** What is to be done for a tenant. */
export type TenantOperation =
  | {
      readonly kind: "enable";
      /** null at a first install. */
      readonly from: string | null;
      readonly loadsReference: boolean;
      readonly loadsSample: boolean;
    }
  /** What enabling would do: nothing is changed. */
  | { readonly kind: "dry-run"; readonly from: string | null }
  | { readonly kind: "disable" | "purge" };

/** Reads what is asked for. As RMB has it, `purge` goes before everything else, and what names no version to go to disables.
 * @param moduleId of this module: another one is not its business
 * @returns or a sentence that says what to do */
export function operationOf(attributes: TenantAttributes, moduleId: string): Result<TenantOperation, string> {
  const { module_from: from = null, module_to: to = null, purge = false } = attributes;
  if (purge) return ok({ kind: "purge" });
  if (to === null && from !== null) return ok({ kind: "disable" });
  if (to !== null && to !== moduleId) {
    return err(`${to} was asked for, and this is ${moduleId}: send the call to an instance of ${to}`);
  }
  if (parameter(attributes, "dryRun")) return ok({ kind: "dry-run", from });
  return ok({
    kind: "enable",
    from,
    loadsReference: parameter(attributes, "loadReference"),
    loadsSample: parameter(attributes, "loadSample"),
  });
}

function parameter({ parameters = [] }: TenantAttributes, wanted: string): boolean {
  return parameters.some(({ key, value }) => key === wanted && value === "true");
}
