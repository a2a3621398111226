import { randomBytes } from "node:crypto";
import { announceRows, type Decision, type Registry, type WriteError, underLease } from "@octavo/registry";
import { assert, err, ok, type Result } from "@octavo/result";
import {
  decideRefresh,
  decideSignOut,
  type FamilyRow,
  openFamily,
  type PresentedRefresh,
  type RefreshAnswer,
  type RefreshPolicy,
  type RefreshWrite,
  type Successor,
} from "@octavo/tokens";

/** A connection within a transaction. */
type Client = Parameters<NonNullable<Decision["alsoWrite"]>>[0];

/** Families of refresh tokens in their table: one row each, which a refresh holds while it decides, so that of fifty at
 * once one rotates and the others find what it did. */
export class SessionStore {
  readonly #registry: Registry;
  readonly #policy: RefreshPolicy;

  constructor(registry: Registry, policy: RefreshPolicy) {
    this.#registry = registry;
    this.#policy = policy;
  }

  /** A new session. @returns its first refresh token */
  async open(tenantId: string, userId: string): Promise<Result<Successor, WriteError>> {
    const familyId = randomBytes(16).toString("base64url");
    const { row, first } = openFamily({ familyId, tenantId, userId }, this.#now(), this.#policy);
    const written = await this.#registry.transaction(async (client) => {
      await client.query(
        `insert into octavo.session (family_id, tenant_id, user_id, generation, rotated_at, created_at)
         values ($1, $2, $3, $4, $5, $6)`,
        [familyId, tenantId, userId, row.generation, row.rotatedAt, row.createdAt],
      );
    });
    return written.ok ? ok(first) : written;
  }

  /** Where the outcome is unknown the client asks again with the token it has, and gets the same successor. */
  async refresh(presented: PresentedRefresh): Promise<Result<RefreshAnswer, WriteError>> {
    return this.#registry.transaction(async (client) => {
      const row = await lockFamily(client, presented.familyId);
      const { write, answer } = decideRefresh(presented, row, this.#now(), this.#policy);
      if (write !== null) await carryOut(client, write);
      return answer;
    });
  }

  async signOut(presented: PresentedRefresh): Promise<Result<void, WriteError>> {
    const written = await this.#registry.transaction(async (client) => {
      const row = await lockFamily(client, presented.familyId);
      const write = decideSignOut(presented, row, this.#now());
      if (write !== null) await carryOut(client, write);
    });
    return written.ok ? ok(undefined) : err(written.error);
  }

  /** Rows whose tokens have all expired. @returns how many went; null where another instance sweeps */
  async sweep(instanceId: string): Promise<Result<number | null, WriteError>> {
    const { refreshLifeMs, accessLifeMs } = this.#policy;
    return this.#registry.transaction((held) =>
      underLease(held, "session-sweeper", instanceId, async (client) => {
        const { rowCount } = await client.query("delete from octavo.session where rotated_at < $1", [
          this.#now() - refreshLifeMs - accessLifeMs,
        ]);
        return rowCount ?? 0;
      }),
    );
  }

  #now(): number {
    return Math.floor(this.#registry.clock.now());
  }
}

/** For a write that ends all of a user's tokens besides. */
export async function revokeSessionsOf(
  client: Client,
  tenantId: string,
  userIds: readonly string[],
  revokedAt: number,
): Promise<void> {
  if (userIds.length === 0) return;
  await client.query(
    `update octavo.session set revoked_at = $3
     where tenant_id = $1 and user_id = any($2) and revoked_at is null`,
    [tenantId, userIds, revokedAt],
  );
}

/** For a write that ends all of a tenant's tokens besides. */
export async function revokeAllSessions(client: Client, tenantId: string, revokedAt: number): Promise<void> {
  await client.query(
    "update octavo.session set revoked_at = $2 where tenant_id = $1 and revoked_at is null",
    [tenantId, revokedAt],
  );
}

async function lockFamily(client: Client, familyId: string): Promise<FamilyRow | null> {
  const { rows } = await client.query<{
    tenant_id: string;
    user_id: string;
    generation: string;
    rotated_at: number;
    created_at: number;
    revoked_at: number | null;
  }>(
    `select tenant_id, user_id, generation, rotated_at, created_at, revoked_at
     from octavo.session where family_id = $1 for update`,
    [familyId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    familyId,
    tenantId: row.tenant_id,
    userId: row.user_id,
    generation: Number(row.generation),
    rotatedAt: row.rotated_at,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}

/** The row is held, so what was decided on is still there. */
async function carryOut(client: Client, write: RefreshWrite): Promise<void> {
  if (write.do === "rotate") {
    const { rowCount } = await client.query(
      `update octavo.session set generation = generation + 1, rotated_at = $3
       where family_id = $1 and generation = $2`,
      [write.familyId, write.whenGeneration, write.rotatedAt],
    );
    assert(rowCount === 1, "a family that is held has the generation that was decided on");
    return;
  }
  await client.query("update octavo.session set revoked_at = $2 where family_id = $1", [
    write.familyId,
    write.revokedAt,
  ]);
  await announceRows(client);
}
