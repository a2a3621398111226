import { randomBytes, randomUUID } from "node:crypto";
import { hashToken, newOperatorToken } from "@octavo/identity";
import { inspectDatabase, openRegistry, type DatabaseFacts, type Operator } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { databaseUrlOf } from "./config.ts";
import { internalModule } from "./internal-module.ts";

export interface WantedOperator {
  readonly name: string;
  /** At least one. */
  readonly roles: readonly string[];
}

/** An operator just made; the token is kept nowhere. */
export interface CreatedOperator extends WantedOperator {
  readonly id: string;
  /** ISO 8601, by the clock of the database. */
  readonly createdAt: string;
  readonly token: string;
}

/** "unreachable": nothing could be asked, or written for certain; "refused": it could, and will not do. */
export interface CreateOperatorError {
  readonly kind: "unreachable" | "refused";
  /** What is wrong and what to do about it, without the password. */
  readonly message: string;
}

/** Makes an operator directly in the database, for whoever has lost every token and may write there (DECISIONS 3). Running
 * gateways know it within a second. It makes no schema and changes none: a wrong URL must not become a platform. */
export async function createOperatorInDatabase(
  databaseUrl: string,
  { name, roles }: WantedOperator,
): Promise<Result<CreatedOperator, CreateOperatorError>> {
  const url = databaseUrlOf(databaseUrl);
  if (!url.ok) return refused(`the URL of the database ${url.error}`);
  if (name.trim() === "") return refused("the name of an operator must not be empty");
  const found = await inspectDatabase(url.value, () => new Date().getTime());
  if (!found.ok) {
    const { kind, message } = found.error;
    return err({ kind: kind === "unreachable" ? "unreachable" : "refused", message });
  }
  const unfit = whyUnfit(found.value);
  return unfit === null ? write(url.value, { name, roles }) : refused(unfit);
}

function whyUnfit({ name, isReadOnly, schema: { version, newestKnown } }: DatabaseFacts): string | null {
  if (isReadOnly) return `the database ${name} takes no writes: name the primary server, not a standby`;
  if (version === null) {
    return `the database ${name} holds no state of Octavo: check the URL, or start a gateway on it first`;
  }
  if (version < newestKnown) {
    return `the schema octavo has version ${version}, this program knows ${newestKnown}: use the program of the running gateways, or upgrade them first`;
  }
  return null; // openRegistry has a sentence for a newer one
}

async function write(
  connectionString: string,
  { name, roles }: WantedOperator,
): Promise<Result<CreatedOperator, CreateOperatorError>> {
  const opened = await openRegistry({
    connectionString,
    instance: { id: randomUUID(), name: "octavo operator create", url: "", version: "" },
    internalModule: internalModule(),
    log: () => undefined,
    isListening: false,
  });
  if (!opened.ok) return refused(opened.error.message);
  const registry = opened.value;
  try {
    const id = randomBytes(6).toString("hex");
    const token = newOperatorToken(id);
    const createdAt = new Date(registry.clock.now()).toISOString();
    const operator: Operator = { id, name, roles, tokenHash: hashToken(token), createdAt };
    const written = await registry.write<never>(
      {
        actor: "system:database",
        action: "operators.create",
        target: id,
        requestId: null,
        idempotency: null,
      },
      () => ok({ changes: [{ kind: "operator.put", operator }], answer: "{}" }),
    );
    if (written.ok) return ok({ id, name, roles, createdAt, token });
    const why = written.error.kind === "idempotency-mismatch" ? written.error.kind : written.error.cause;
    return err({ kind: "unreachable", message: `cannot store the operator: ${why}; try again` });
  } finally {
    await registry.close();
  }
}

function refused(message: string): Result<never, CreateOperatorError> {
  return err({ kind: "refused", message });
}
