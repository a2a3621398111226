import { defaultIdentityPolicy, revokeAllSessions, revokeSessionsOf } from "@octavo/identity";
import { printPretty } from "@octavo/json";
import { IdentityInvalidations, parseBody } from "@octavo/management-api";
import type { IdentityChanged } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { jwks } from "@octavo/tokens";
import type { Call, Refusal } from "./handler.ts";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest } from "./refusals.ts";
import { noContent } from "./reply.ts";
import { write } from "./write.ts";

/** The gateway as an authority: its public keys, and what modules tell it of their users. */

export const listKeys: Handler = async (_call, { registry }) => {
  const { cacheAgeMs } = defaultIdentityPolicy.rotation;
  return ok({
    status: 200,
    contentType: "application/json",
    headers: ["Cache-Control", `public, max-age=${Math.floor(cacheAgeMs / 1000)}`],
    body: printPretty(jwks([...registry.snapshot.signingKeys.values()])),
  });
};

/** One change row for the batch; it returns when it is committed, and every other instance has it some milliseconds
 * later. */
export const invalidateIdentities: Handler = async (call, platform) => {
  const body = readBody(call, (value) => parseBody(IdentityInvalidations, value));
  if (!body.ok) return body;
  const tenantId = tenantOf(call, body.value);
  if (!tenantId.ok) return tenantId;
  const { changed = [], ended = [], everybody = "untouched" } = body.value;
  if (changed.length + ended.length === 0 && everybody === "untouched") {
    return badRequest("Name at least one user in changed or ended, or say what concerns everybody");
  }
  if (everybody === "ended" && call.caller.kind === "tenant-token") {
    return err({ kind: "forbidden", message: "Only an operator may end all tokens of a tenant" });
  }
  const at = Math.floor(platform.clock.now());
  const change: IdentityChanged = {
    kind: "identity.changed",
    tenantId: tenantId.value,
    everybody,
    changed,
    ended,
    at,
  };
  return write(call, platform, tenantId.value, ({ tenants }) => {
    if (!tenants.has(tenantId.value)) return badRequest(`No such Tenant ${tenantId.value}`);
    return ok({
      changes: [change],
      reply: noContent,
      alsoWrite: (client) =>
        everybody === "ended"
          ? revokeAllSessions(client, tenantId.value, at)
          : revokeSessionsOf(client, tenantId.value, ended, at),
    });
  });
};

function tenantOf({ caller }: Call, { tenantId }: IdentityInvalidations): Result<string, Refusal> {
  if (caller.kind !== "tenant-token") {
    return tenantId === undefined ? badRequest("The body needs tenantId: which tenant is it?") : ok(tenantId);
  }
  if (tenantId === undefined || tenantId === caller.tenantId) return ok(caller.tenantId);
  return err({
    kind: "forbidden",
    message: `A token of tenant ${caller.tenantId} says nothing of other tenants' users`,
  });
}
