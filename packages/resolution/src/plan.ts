import type { ResolveError } from "./resolve-error.ts";
import type { Result } from "@octavo/result";

/** One entry of what an install asks for, as in Okapi's TenantModuleDescriptor: the id may lack its version. "uptodate"
 * asks for nothing and comes back as it is, so that an answer of Okapi's can be sent again. */
export interface WantedModule {
  readonly id: string;
  readonly action: "enable" | "disable" | "uptodate";
}

export interface PlanStep {
  readonly action: "enable" | "disable" | "uptodate";
  readonly id: string;
  /** The version that is replaced, of the same product. */
  readonly from: string | null;
  readonly reason: Reason;
}

/** Why a step is there. `text` forms are made by explain-step.ts; this is the machine-readable cause. */
export type Reason =
  | { readonly kind: "asked-for" }
  | { readonly kind: "newest-known" } // upgrade: the newest version that the filter allows
  | { readonly kind: "required"; readonly by: string; readonly interface: string; readonly version: string }
  | { readonly kind: "replaced"; readonly by: string; readonly interface: string }
  | { readonly kind: "provided-twice"; readonly keeps: string; readonly interface: string }
  | {
      readonly kind: "fits-provider";
      readonly provider: string;
      readonly interface: string;
      readonly version: string;
    }
  | { readonly kind: "requirement-gone"; readonly interface: string; readonly version: string }
  | {
      readonly kind: "incompatible";
      readonly provider: string;
      readonly interface: string;
      readonly version: string;
      readonly has: string;
    };

export interface Plan {
  readonly steps: readonly PlanStep[];
}

export type PlanResult = Result<Plan, ResolveError>;
