import type { Registry } from "@octavo/registry";

/** What an instance reads of its own authority beside the snapshot. A worker, which has no database, asks its parent. */
export interface IdentityRows {
  /** Sessions that ended after `sinceMs`; null: nobody can say now. */
  endedSessions(sinceMs: number): Promise<readonly EndedSession[] | null>;
  /** The private parts of these keys as far as they are kept, wrapped; null: nobody can say now. */
  signingSecrets(kids: readonly string[]): Promise<readonly SigningSecret[] | null>;
}

export interface EndedSession {
  readonly sessionId: string;
  readonly tenantId: string;
  /** Milliseconds, of the one clock. */
  readonly endedAtMs: number;
}

export interface SigningSecret {
  readonly kid: string;
  readonly wrapped: string;
}

export function identityRowsIn(registry: Registry): IdentityRows {
  return {
    async endedSessions(sinceMs) {
      const read = await registry.read(async (client) => {
        const { rows } = await client.query<EndedSession>(
          `select family_id as "sessionId", tenant_id as "tenantId", revoked_at as "endedAtMs"
           from octavo.session where revoked_at > $1`,
          [sinceMs],
        );
        return rows;
      });
      return read.ok ? read.value : null;
    },
    async signingSecrets(kids) {
      const read = await registry.read(async (client) => {
        const { rows } = await client.query<SigningSecret>(
          "select kid, wrapped from octavo.signing_secret where kid = any($1)",
          [kids],
        );
        return rows;
      });
      return read.ok ? read.value : null;
    },
  };
}
