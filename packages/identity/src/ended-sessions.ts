import type { Registry } from "@octavo/registry";
import type { TenantEpochs } from "@octavo/tokens";

/** A row that another instance commits now may say that it ended so long ago: a transaction is cut off after some seconds,
 * and two clocks differ a little. */
const overlapMs = 30_000;

/** Access tokens end with their session, at every instance. A look reads what was ended since the last one; it is taken
 * when an instance announces rows, and each second. */
export class EndedSessions {
  readonly #registry: Registry;
  readonly #accessLifeMs: number;
  readonly #epochsOf: (tenantId: string) => TenantEpochs;
  /** By session, until when it has to be known: it is told to the epochs once, because each telling costs comparisons. */
  readonly #told = new Map<string, { readonly tenantId: string; readonly untilMs: number }>();
  readonly #stop: () => void;
  #sinceMs: number | null = null;
  #running: Promise<void> | null = null;
  #isAgain = false;

  constructor(registry: Registry, accessLifeMs: number, epochsOf: (tenantId: string) => TenantEpochs) {
    this.#registry = registry;
    this.#accessLifeMs = accessLifeMs;
    this.#epochsOf = epochsOf;
    this.#stop = registry.onRows(() => void this.look());
  }

  /** Resolves after a look that began when it was called, or later. */
  async look(): Promise<void> {
    if (this.#running !== null) {
      this.#isAgain = true;
      return this.#running;
    }
    this.#running = this.#lookUntilQuiet();
    try {
      await this.#running;
    } finally {
      this.#running = null;
    }
  }

  /** The next look reads everything that may still count. */
  forget(): void {
    this.#told.clear();
    this.#sinceMs = null;
  }

  close(): void {
    this.#stop();
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#isAgain = false;
      await this.#look();
    } while (this.#isAgain);
  }

  async #look(): Promise<void> {
    const now = this.#registry.clock.now();
    const since = this.#sinceMs ?? now - this.#accessLifeMs - overlapMs;
    const read = await this.#registry.read(async (client) => {
      const { rows } = await client.query<{ family_id: string; tenant_id: string; revoked_at: number }>(
        "select family_id, tenant_id, revoked_at from octavo.session where revoked_at > $1",
        [since],
      );
      return rows;
    });
    if (!read.ok) return; // the next look has the same beginning
    this.#sinceMs = now - overlapMs;
    for (const { family_id, tenant_id, revoked_at } of read.value) {
      if (this.#told.has(family_id)) continue;
      const untilMs = revoked_at + this.#accessLifeMs + overlapMs;
      this.#told.set(family_id, { tenantId: tenant_id, untilMs });
      this.#epochsOf(tenant_id).endSession(family_id, untilMs);
    }
    this.#forgetPassed(now);
  }

  #forgetPassed(now: number): void {
    for (const [sessionId, { tenantId, untilMs }] of this.#told) {
      if (untilMs > now) continue;
      this.#told.delete(sessionId);
      this.#epochsOf(tenantId).forgetSessions(now);
    }
  }
}
