import type { EnvEntry, ModuleDescriptor } from "@octavo/descriptor";
import type { ModuleInstance, Operator, SigningKeyRow } from "./snapshot.ts";

/** One thing that changes. A write is a list of these under one revision: all or none, applied in order. */
export type Change =
  | { readonly kind: "module.added"; readonly module: ModuleDescriptor }
  | { readonly kind: "module.removed"; readonly moduleId: string }
  | {
      readonly kind: "tenant.put";
      readonly tenant: {
        readonly id: string;
        readonly name: string | null;
        readonly description: string | null;
      };
    }
  | { readonly kind: "tenant.removed"; readonly tenantId: string }
  | {
      readonly kind: "tenant.modules";
      readonly tenantId: string;
      readonly enable: readonly string[];
      readonly disable: readonly string[];
    }
  | { readonly kind: "instance.registered"; readonly instance: ModuleInstance }
  | { readonly kind: "instance.deregistered"; readonly moduleId: string; readonly instanceId: string }
  | { readonly kind: "env.put"; readonly entry: EnvEntry }
  | { readonly kind: "env.removed"; readonly name: string }
  | { readonly kind: "operator.put"; readonly operator: Operator }
  | { readonly kind: "operator.removed"; readonly operatorId: string }
  /** The private part, where it changes too, is written by the decision's `alsoWrite`: the log never holds one. */
  | { readonly kind: "signing-key.put"; readonly key: SigningKeyRow }
  | { readonly kind: "signing-key.removed"; readonly kid: string }
  | IdentityChanged;

/** One batch of a tenant: whose permissions or record are to be read anew, and whose tokens end besides. */
export interface IdentityChanged {
  readonly kind: "identity.changed";
  readonly tenantId: string;
  /** "changed": read all of them anew; "ended": and every token of the tenant ends. */
  readonly everybody: "untouched" | "changed" | "ended";
  /** Ids of users; one that is in both lists counts as ended. */
  readonly changed: readonly string[];
  readonly ended: readonly string[];
  /** Milliseconds, of the one clock. */
  readonly at: number;
}
