import type { ModuleDescriptor, RoutingEntry } from "@octavo/descriptor";
import { type HeaderList, headerOf } from "@octavo/http-wire";
import type { Snapshot } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";
import { permissionSetName, speaksPermissionSets } from "../proxy/module-permissions.ts";
import { readModuleTokens, tokenFor } from "../proxy/module-tokens.ts";
import {
  callFailed,
  failed,
  type SystemCall,
  type SystemCallFailure,
  type SystemCallParts,
} from "./system-call.ts";
import { sendToOne } from "./system-call-send.ts";

/** What says to the module who calls. */
export interface CallIdentity {
  readonly headers: HeaderList;
}

interface AuthFilter {
  readonly module: ModuleDescriptor;
  readonly entry: RoutingEntry;
}

/** The tenant's auth filter; where it has none, that of the called module itself.
 * @returns null where the gateway's own authority speaks */
export function authFilterFor(snapshot: Snapshot, call: SystemCall): AuthFilter | null {
  for (const module of [...enabledOf(snapshot, call.tenantId), call.module]) {
    const entry = module.filters.find(({ phase }) => phase === "auth");
    if (entry !== undefined) return { module, entry };
  }
  return null;
}

/** Asks it as Okapi does: the method and path of the call, no token, no body.
 * @see Okapi: ProxyService.authForSystemInterface */
export async function askAuthFilter(
  parts: SystemCallParts,
  call: SystemCall,
  filter: AuthFilter,
  headers: HeaderList,
): Promise<Result<CallIdentity, SystemCallFailure>> {
  const asked: SystemCall = { ...call, ...filter, body: "", instanceId: null };
  const more = ["X-Okapi-Filter", "auth", ...modulePermissionsOf(parts.registry.snapshot, call)];
  const answered = await sendToOne(parts, asked, [...headers, ...more]);
  if (!answered.ok) {
    const { kind, message } = answered.error;
    // Nothing of the call itself has been sent, whatever became of the question; who cannot be reached may be asked again.
    return failed(kind === "not-sent" ? "not-sent" : kind === "no-instance" ? kind : "not-allowed", message);
  }
  const tokens = readModuleTokens(answered.value.headers);
  if (!tokens.ok) return failed("not-allowed", callFailed(asked, tokens.error));
  const found = tokenFor(tokens.value, call.module.id) ?? headerOf(answered.value.headers, "x-okapi-token");
  const permissions = headerOf(answered.value.headers, "x-okapi-permissions");
  return ok({
    headers: [
      ...(found === null || found === "" ? [] : ["X-Okapi-Token", found]),
      ...(permissions === null ? [] : ["X-Okapi-Permissions", permissions]),
    ],
  });
}

function modulePermissionsOf(snapshot: Snapshot, { entry, module, tenantId }: SystemCall): HeaderList {
  if (entry === null) return [];
  const granted = entry.modulePermissions;
  const namesSets = speaksPermissionSets(enabledOf(snapshot, tenantId));
  const listed = granted !== null && namesSets ? [permissionSetName({ module, entry })] : granted;
  return ["X-Okapi-Module-Permissions", JSON.stringify(listed === null ? {} : { [module.id]: listed })];
}

function enabledOf(snapshot: Snapshot, tenantId: string): readonly ModuleDescriptor[] {
  const enabled = snapshot.tenants.get(tenantId)?.enabled ?? [];
  return enabled.flatMap((id) => snapshot.modules.get(id) ?? []);
}
