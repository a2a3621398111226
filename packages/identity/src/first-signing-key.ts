import { randomBytes } from "node:crypto";
import type { Registry } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { createSigningKey, type KeyRecord, type WrappedKey, wrapKey } from "@octavo/tokens";
import { insertSecret } from "./signing-secrets.ts";

export interface NewKey {
  readonly record: KeyRecord;
  readonly wrapped: WrappedKey;
}

export function newKey(octavoKey: Uint8Array, now: number): NewKey {
  const key = createSigningKey(randomBytes(32));
  const record: KeyRecord = {
    kid: key.kid,
    x: key.x,
    tenantId: null,
    publishedAt: Math.floor(now),
    knownToAllAt: null,
    signingAt: null,
    supersededAt: null,
    retiredAt: null,
  };
  return { record, wrapped: wrapKey(key, octavoKey, randomBytes(12)) };
}

/** Of several instances that start at once, the one whose insert wins makes the first key. It signs at once: nobody has an
 * older list of keys that he could miss it in. */
export async function ensureSigningKey(
  registry: Registry,
  octavoKey: Uint8Array,
): Promise<Result<void, string>> {
  if (registry.snapshot.signingKeys.size > 0) return ok(undefined);
  const now = Math.floor(registry.clock.now());
  const { record, wrapped } = newKey(octavoKey, now);
  const key = { ...record, knownToAllAt: now, signingAt: now };
  const intent = {
    actor: "system:start",
    action: "signing-keys.first",
    target: key.kid,
    requestId: null,
    idempotency: null,
  };
  const written = await registry.write<"exists">(intent, ({ signingKeys }) =>
    signingKeys.size > 0
      ? err("exists")
      : ok({
          changes: [{ kind: "signing-key.put", key }],
          answer: "{}",
          alsoWrite: (client) => insertSecret(client, key.kid, wrapped),
        }),
  );
  if (written.ok || written.error === "exists") return ok(undefined);
  const { error } = written;
  const why = error.kind === "idempotency-mismatch" ? error.kind : error.cause;
  return err(`cannot store the first signing key: ${why}`);
}
