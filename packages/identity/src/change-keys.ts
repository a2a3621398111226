import { randomBytes } from "node:crypto";
import type { Registry, SigningKeyRow } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { rewrapKey, stateOf, unwrapKey } from "@octavo/tokens";
import { newKey } from "./first-signing-key.ts";
import { insertSecret } from "./signing-secrets.ts";

/** What an operator does to signing keys by hand. */

const actor = "system:database";

/** Publishes the next key before its time. It signs as soon as every gateway and every cache of the key set has it, which is
 * what the rotation does with whatever is published; what the old one has signed still counts to its end.
 * @returns its id; as the error, why not */
export async function publishNextKey(
  registry: Registry,
  octavoKey: Uint8Array,
): Promise<Result<string, string>> {
  const opened = await opensStored(registry, octavoKey);
  if (!opened.ok) return opened;
  const { record, wrapped } = newKey(octavoKey, registry.clock.now());
  const intent = {
    actor,
    action: "signing-keys.publish",
    target: record.kid,
    requestId: null,
    idempotency: null,
  };
  const written = await registry.write<string>(intent, ({ signingKeys }) => {
    const waiting = [...signingKeys.values()].find((key) => isCommon(key) && stateOf(key) === "published");
    if (waiting !== undefined) return err(`the key ${waiting.kid} is published already, and will sign soon`);
    return ok({
      changes: [{ kind: "signing-key.put", key: record }],
      answer: "{}",
      alsoWrite: (client) => insertSecret(client, record.kid, wrapped),
    });
  });
  if (written.ok) return ok(record.kid);
  return err(
    typeof written.error === "string" ? written.error : `the key cannot be stored: ${written.error.kind}`,
  );
}

/** Wraps every private key anew, all or none. Gateways that run go on with what they have; from their next start on they need
 * the new OCTAVO_KEY.
 * @returns how many were wrapped by the old one; those that are wrapped by the new one already stay */
export async function rewrapSigningKeys(
  registry: Registry,
  { from, to }: { readonly from: Uint8Array; readonly to: Uint8Array },
): Promise<Result<number, string>> {
  const intent = { actor, action: "signing-keys.rewrap", target: "all", requestId: null, idempotency: null };
  let count = 0;
  try {
    const written = await registry.write<never>(intent, () =>
      ok({
        changes: [],
        answer: "{}",
        alsoWrite: async (client) => {
          count = 0;
          const { rows } = await client.query<StoredSecret>(
            "select kid, wrapped from octavo.signing_secret for update",
          );
          for (const { kid, wrapped } of rows) {
            if (unwrapKey(wrapped, kid, to).ok) continue;
            const moved = rewrapKey(wrapped, kid, { from, to, nonce: randomBytes(12) });
            if (!moved.ok) throw new NotRewrapped(moved.error.message);
            await client.query("update octavo.signing_secret set wrapped = $2 where kid = $1", [
              kid,
              moved.value,
            ]);
            count += 1;
          }
        },
      }),
    );
    return written.ok ? ok(count) : err(`the keys cannot be stored: ${written.error.kind}`);
  } catch (cause) {
    if (cause instanceof NotRewrapped) return err(cause.message);
    throw cause;
  }
}

interface StoredSecret {
  readonly kid: string;
  readonly wrapped: string;
}

/** Takes the transaction back. */
class NotRewrapped extends Error {}

/** A key wrapped by another OCTAVO_KEY than the others would be one that no gateway can sign with. */
async function opensStored(registry: Registry, octavoKey: Uint8Array): Promise<Result<void, string>> {
  const rows = await registry.transaction(async (client) => {
    const found = await client.query<StoredSecret>("select kid, wrapped from octavo.signing_secret");
    return found.rows;
  });
  if (!rows.ok) return err("the database cannot be read now");
  for (const { kid, wrapped } of rows.value) {
    const opened = unwrapKey(wrapped, kid, octavoKey);
    if (!opened.ok) return err(opened.error.message);
  }
  return ok(undefined);
}

function isCommon({ tenantId }: SigningKeyRow): boolean {
  return tenantId === null;
}
