import type { RegistryView } from "@octavo/registry";
import type { TenantEpochs } from "@octavo/tokens";
import type { IdentityRows } from "./identity-rows.ts";

/** A row that another instance commits now may say that it ended so long ago: a transaction is cut off after some seconds,
 * and two clocks differ a little. */
const overlapMs = 30_000;

/** Access tokens end with their session, at every instance. A look reads what was ended since the last one; it is taken
 * when an instance announces rows, and each second. */
export class EndedSessions {
  readonly #registry: RegistryView;
  readonly #rows: IdentityRows;
  readonly #accessLifeMs: number;
  readonly #epochsOf: (tenantId: string) => TenantEpochs;
  /** By session, until when it has to be known: it is told to the epochs once, because each telling costs comparisons. */
  readonly #told = new Map<string, { readonly tenantId: string; readonly untilMs: number }>();
  readonly #stop: () => void;
  #sinceMs: number | null = null;
  #running: Promise<void> | null = null;
  #isAgain = false;

  constructor(
    registry: RegistryView,
    rows: IdentityRows,
    accessLifeMs: number,
    epochsOf: (tenantId: string) => TenantEpochs,
  ) {
    this.#registry = registry;
    this.#rows = rows;
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
    const ended = await this.#rows.endedSessions(since);
    if (ended === null) return; // the next look has the same beginning
    this.#sinceMs = now - overlapMs;
    for (const { sessionId, tenantId, endedAtMs } of ended) {
      if (this.#told.has(sessionId)) continue;
      const untilMs = endedAtMs + this.#accessLifeMs + overlapMs;
      this.#told.set(sessionId, { tenantId, untilMs });
      this.#epochsOf(tenantId).endSession(sessionId, untilMs);
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
