import type { EnvEntry, ModuleDescriptor } from "@octavo/descriptor";
import type { ModuleInstance, Operator } from "./snapshot.ts";

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
  | { readonly kind: "operator.removed"; readonly operatorId: string };
