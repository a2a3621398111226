import { ok, type Result } from "@octavo/result";
import { requestIdFor } from "../management/request-id.ts";
import { askAuthFilter, authFilterFor, type CallIdentity } from "./system-call-auth.ts";
import { sendToOne } from "./system-call-send.ts";
import type { CallSystemInterface, SystemCall, SystemCallFailure, SystemCallParts } from "./system-call.ts";

/** As Okapi calls (ProxyService.callSystemInterface): with a token of the tenant's auth filter where it has one, of the
 * filter of the called module itself where that brings one; else with one of the gateway's own authority. The token has
 * the entry's `modulePermissions` and nothing else. A request of which a byte has left is never sent again. */
export function createCallSystemInterface(parts: SystemCallParts): CallSystemInterface {
  return async (call) => {
    const identity = await identityFor(parts, call);
    if (!identity.ok) return identity;
    return sendToOne(parts, call, [...headersOf(parts, call), ...identity.value.headers]);
  };
}

async function identityFor(
  parts: SystemCallParts,
  call: SystemCall,
): Promise<Result<CallIdentity, SystemCallFailure>> {
  const filter = authFilterFor(parts.registry.snapshot, call);
  if (filter !== null) return askAuthFilter(parts, call, filter, headersOf(parts, call));
  // An entry that leaves the list out grants nothing either: there is no caller whose own token could be passed on.
  const permissions = call.entry?.modulePermissions ?? [];
  const token = parts.tokenForSystemCall(call.tenantId, call.actor, call.module.id, permissions);
  return ok({ headers: ["X-Okapi-Token", token] });
}

function headersOf({ url }: SystemCallParts, call: SystemCall): readonly string[] {
  return [
    "Accept",
    "*/*",
    "Content-Type",
    "application/json; charset=UTF-8",
    "X-Okapi-Url",
    url,
    "X-Okapi-Tenant",
    call.tenantId,
    "X-Okapi-Request-Id",
    requestIdFor(call.path, call.requestId),
    ...call.headers,
  ];
}
