import type { ModuleDescriptor, ProvidedInterface } from "@octavo/descriptor";
import { parseJson, printPretty, type JsonValue } from "@octavo/json";
import type { Snapshot, Tenant } from "@octavo/registry";
import { assert, ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { printList } from "./print-list.ts";
import { booleanParameter } from "./query-parameters.ts";
import { json, jsonText } from "./reply.ts";
import { findTenant } from "./tenants.ts";

/** What a tenant's enabled modules provide. */
export const listInterfaces: Handler = async (call, { registry }) => {
  const full = booleanParameter(call.query, "full", false);
  if (!full.ok) return full;
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const type = call.query.get("type");
  const provided = enabledModules(registry.snapshot, tenant.value)
    .flatMap((module) => module.provides)
    .filter((candidate) => type === null || candidate.type === type);
  if (full.value)
    return ok(jsonText(200, await printList(provided, ({ source }) => printPretty(stored(source)))));
  return ok(
    json(
      200,
      firstOfEachId(provided).map(
        ({ id, version }) =>
          new Map([
            ["id", id],
            ["version", version],
          ]),
      ),
    ),
  );
};

/** Which enabled modules provide one interface: what a client picks an X-Okapi-Module-Id from. */
export const getInterface: Handler = async (call, { registry }) => {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const interfaceId = call.params["interfaceId"] ?? "";
  const type = call.query.get("type");
  const providers = enabledModules(registry.snapshot, tenant.value).filter((module) =>
    module.provides.some(
      (provided) => provided.id === interfaceId && (type === null || provided.type === type),
    ),
  );
  return ok(
    json(
      200,
      providers.map(({ id }) => new Map([["id", id]])),
    ),
  );
};

export function enabledModules(snapshot: Snapshot, tenant: Tenant): readonly ModuleDescriptor[] {
  return tenant.enabled.map((id) => {
    const module = snapshot.modules.get(id);
    assert(module !== undefined, "an enabled module is known");
    return module;
  });
}

function firstOfEachId(provided: readonly ProvidedInterface[]): readonly ProvidedInterface[] {
  const seen = new Set<string>();
  return provided.filter(({ id }) => seen.size < seen.add(id).size);
}

function stored(text: string): JsonValue {
  const parsed = parseJson(text);
  assert(parsed.ok, "an interface in the registry is JSON");
  return parsed.value;
}
