import { randomBytes } from "node:crypto";
import { hashToken, newOperatorToken } from "@octavo/identity";
import type { Operator } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { type InDatabaseError, openRegistryInDatabase, refused } from "./registry-in-database.ts";

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

/** Makes an operator directly in the database, for whoever has lost every token and may write there (DECISIONS 3). */
export async function createOperatorInDatabase(
  databaseUrl: string,
  { name, roles }: WantedOperator,
): Promise<Result<CreatedOperator, InDatabaseError>> {
  if (name.trim() === "") return refused("the name of an operator must not be empty");
  const opened = await openRegistryInDatabase(databaseUrl, "octavo operator create");
  if (!opened.ok) return opened;
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
