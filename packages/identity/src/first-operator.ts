import type { Operator, Registry, WriteError } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { environmentOperatorId } from "./find-caller.ts";
import { claimedOperatorId, hashToken, isTokenOf, newOperatorToken } from "./operator-token.ts";
import { readSecretFile, writeSecretFile } from "./secret-file.ts";

const firstOperatorId = "first";

export interface FirstOperatorOptions {
  /** OCTAVO_OPERATOR_TOKEN; null where it is not set. */
  readonly environmentToken: string | null;
  /** Where the token of an embedded platform is kept; null with DATABASE_URL, where it is shown once instead. */
  readonly tokenFile: string | null;
}

/** Who can sign in after the start, and how one learns the token. */
export type FirstOperator =
  | { readonly kind: "from-environment" }
  /** The token lies in this file. */
  | { readonly kind: "in-file"; readonly path: string }
  /** Made just now and kept nowhere: show it. */
  | { readonly kind: "shown-once"; readonly token: string }
  | { readonly kind: "exists" };

/** Makes sure that somebody may use the management API from the first start, and nobody else (DECISIONS 3). Of several
 * instances that start at once, the one whose insert wins makes the operator. */
export async function ensureFirstOperator(
  registry: Registry,
  options: FirstOperatorOptions,
): Promise<Result<FirstOperator, string>> {
  if (options.environmentToken !== null) return takeEnvironmentToken(registry, options.environmentToken);
  const { tokenFile } = options;
  if (tokenFile === null) {
    const token = newOperatorToken(firstOperatorId);
    const isOurs = await insertFirst(registry, token);
    if (!isOurs.ok) return isOurs;
    return ok(isOurs.value ? { kind: "shown-once", token } : { kind: "exists" });
  }
  return keepInFile(registry, tokenFile);
}

/** The file comes first: a crash between the two leaves a token that the next start gives to the operator it makes. */
async function keepInFile(registry: Registry, path: string): Promise<Result<FirstOperator, string>> {
  const kept = readSecretFile(path);
  if (!kept.ok) return kept;
  const known = registry.snapshot.operators.get(firstOperatorId);
  const token = kept.value?.trim() ?? "";
  if (registry.snapshot.operators.size > 0) {
    const isValid = known !== undefined && token !== "" && isTokenOf(token, known.tokenHash);
    return ok(isValid ? { kind: "in-file", path } : { kind: "exists" });
  }
  const usable = claimedOperatorId(token) === firstOperatorId ? token : newOperatorToken(firstOperatorId);
  const written = writeSecretFile(path, `${usable}\n`);
  if (!written.ok) return written;
  const isOurs = await insertFirst(registry, usable);
  if (!isOurs.ok) return isOurs;
  return ok(isOurs.value ? { kind: "in-file", path } : { kind: "exists" });
}

/** @returns false where there is an operator already */
async function insertFirst(registry: Registry, token: string): Promise<Result<boolean, string>> {
  if (registry.snapshot.operators.size > 0) return ok(false);
  const operator = administrator(registry, firstOperatorId, "The first operator", token);
  const written = await registry.write<"exists">(systemIntent("operators.first", operator.id), (snapshot) =>
    snapshot.operators.size > 0
      ? err("exists")
      : ok({ changes: [{ kind: "operator.put", operator }], answer: "{}" }),
  );
  if (written.ok) return ok(true);
  return written.error === "exists" ? ok(false) : err(failed(written.error));
}

async function takeEnvironmentToken(
  registry: Registry,
  token: string,
): Promise<Result<FirstOperator, string>> {
  const known = registry.snapshot.operators.get(environmentOperatorId);
  if (known !== undefined && isTokenOf(token, known.tokenHash)) return ok({ kind: "from-environment" });
  const operator = administrator(registry, environmentOperatorId, "OCTAVO_OPERATOR_TOKEN", token);
  const written = await registry.write<never>(systemIntent("operators.fromEnvironment", operator.id), () =>
    ok({ changes: [{ kind: "operator.put", operator }], answer: "{}" }),
  );
  return written.ok ? ok({ kind: "from-environment" }) : err(failed(written.error));
}

function administrator(registry: Registry, id: string, name: string, token: string): Operator {
  const createdAt = new Date(registry.clock.now()).toISOString();
  return { id, name, roles: ["admin"], tokenHash: hashToken(token), createdAt };
}

function systemIntent(action: string, target: string) {
  return { actor: "system:start", action, target, requestId: null, idempotency: null };
}

function failed(error: WriteError): string {
  const why = error.kind === "idempotency-mismatch" ? error.kind : error.cause;
  return `cannot store the first operator: ${why}`;
}
