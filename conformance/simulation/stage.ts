import { type ModuleDescriptor, parseModuleDescriptor } from "@octavo/descriptor";
import { fromPlain } from "@octavo/json";
import type { Change } from "@octavo/registry";

export const TENANTS = ["north", "south"] as const;

/** A module that must not be called twice, and one that has said that it may be. */
export const ONCE = "once-1.0.0";
export const REPEATABLE = "again-1.0.0";

/** So many changes stay in the log: more than a standby may lack. */
export const LEAST_IN_LOG = 12;

export const internalModule = descriptor({ id: "okapi-7.2.0" });

/** What is there when the faults begin. */
export const firstChanges: readonly Change[] = [
  { kind: "module.added", module: descriptor({ id: ONCE, provides: [tenantInterface()] }) },
  {
    kind: "module.added",
    module: descriptor({
      id: REPEATABLE,
      provides: [tenantInterface()],
      metadata: { octavo: { repeatable: ["_tenant"] } },
    }),
  },
  ...TENANTS.map((id): Change => ({ kind: "tenant.put", tenant: { id, name: null, description: null } })),
];

function tenantInterface() {
  return {
    id: "_tenant",
    version: "1.2",
    interfaceType: "system",
    handlers: [
      { methods: ["POST"], pathPattern: "/_/tenant" },
      { methods: ["POST"], pathPattern: "/_/tenant/disable" },
    ],
  };
}

function descriptor(plain: Parameters<typeof fromPlain>[0]): ModuleDescriptor {
  const parsed = parseModuleDescriptor(fromPlain(plain));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
