import { type ModuleDescriptor, parseModuleDescriptor } from "@octavo/descriptor";
import { fromPlain, type PlainValue } from "@octavo/json";
import type { PlanStep } from "@octavo/resolution";

const reason = { kind: "asked-for" } as const;

export function enable(id: string, from: string | null = null): PlanStep {
  return { action: "enable", id, from, reason };
}

export function disable(id: string): PlanStep {
  return { action: "disable", id, from: null, reason };
}

/** A module whose system interfaces are given as {"_tenant 2.0": ["POST /_/tenant"]}. */
export function moduleOf(
  id: string,
  systemInterfaces: Readonly<Record<string, readonly string[]>>,
  more: Readonly<Record<string, PlainValue>> = {},
): ModuleDescriptor {
  const provides = Object.entries(systemInterfaces).map(([idAndVersion, handlers]) => {
    const [interfaceId = "", version = ""] = idAndVersion.split(" ");
    return {
      id: interfaceId,
      version,
      interfaceType: "system",
      handlers: handlers.map((handler) => {
        const [method = "", pathPattern = ""] = handler.split(" ");
        return { methods: [method], pathPattern };
      }),
    };
  });
  const parsed = parseModuleDescriptor(fromPlain({ id, provides, ...more }));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const v1 = ["POST /_/tenant", "DELETE /_/tenant"];
const v2 = ["POST /_/tenant", "GET /_/tenant/{id}", "DELETE /_/tenant/{id}"];
const permissions = ["POST /_/tenantPermissions"];

const modules: readonly ModuleDescriptor[] = [
  moduleOf("none-1.0.0", {}),
  moduleOf("bare-1.0.0", { "_tenant 1.0": [] }),
  moduleOf("old-1.0.0", { "_tenant 1.0": v1 }),
  moduleOf("mid-1.0.0", { "_tenant 1.1": ["POST /_/tenant/disable", ...v1] }),
  moduleOf("half-1.0.0", { "_tenant 1.2": v1 }),
  moduleOf("new-1.0.0", { "_tenant 2.0": v2 }),
  moduleOf("new-2.0.0", { "_tenant 2.0": v2 }),
  moduleOf("kind-1.0.0", { "_tenant 2.0": v2 }, { metadata: { octavo: { repeatable: ["_tenant"] } } }),
  moduleOf("lame-1.0.0", { "_tenant 2.0": ["POST /_/tenant", "GET /_/tenant/{id}"] }),
  moduleOf("strange-1.0.0", { "_tenant 1.3.1": v1 }),
  moduleOf("perms-1.0.0", { "_tenantPermissions 1.1": permissions }),
  moduleOf("perms-2.0.0", { "_tenantPermissions 2.0": permissions }),
  moduleOf("perms-9.0.0", { "_tenantPermissions 9.0": permissions }),
  moduleOf("deaf-1.0.0", { "_tenantPermissions 2.0": [] }),
];
const byId = new Map(modules.map((known) => [known.id, known]));

export function knownModule(id: string): ModuleDescriptor {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`no module ${id} in this test`);
  return found;
}
