import type { Claims } from "./claims.ts";

/** What ended the tokens of one tenant before their time, as this instance knows it. The registry's rows are the truth;
 * whoever follows them calls the setters. `generation` grows with each change: who has compared a token with this once
 * need not compare it again while the generation stays. */
export class TenantEpochs {
  generation = 0;
  #tenantEpoch = 0;
  /** Only users whose tokens were ever ended: their rows may go when the longest life has passed. */
  readonly #users = new Map<string, number>();
  readonly #endedSessions = new Map<string, number>();

  get tenantEpoch(): number {
    return this.#tenantEpoch;
  }

  userEpoch(userId: string): number {
    return this.#users.get(userId) ?? 0;
  }

  /** All tokens of the tenant that were signed under an older epoch end. */
  raiseTenant(epoch: number): void {
    if (epoch <= this.#tenantEpoch) return;
    this.#tenantEpoch = epoch;
    this.generation++;
  }

  /** All tokens of the user end: deactivated, deleted, a new password, signed out everywhere. */
  raiseUser(userId: string, epoch: number): void {
    if (epoch <= this.userEpoch(userId)) return;
    this.#users.set(userId, epoch);
    this.generation++;
  }

  /** The access tokens of one session end. @param untilMs when the last of them will have expired of itself */
  endSession(sessionId: string, untilMs: number): void {
    this.#endedSessions.set(sessionId, untilMs);
    this.generation++;
  }

  /** Forgets sessions whose access tokens have expired. Nothing that counts changes, so the generation stays. */
  forgetSessions(nowMs: number): void {
    for (const [id, untilMs] of this.#endedSessions) if (untilMs <= nowMs) this.#endedSessions.delete(id);
  }

  hasEnded(claims: Claims): boolean {
    if (claims.epoch < this.#tenantEpoch) return true;
    switch (claims.type) {
      case "access":
        return (
          this.#hasEndedForUser(claims.user_id, claims.user_epoch) || this.#endedSessions.has(claims.sid)
        );
      case "legacy-access":
      case "refresh":
      case "module":
        return this.#hasEndedForUser(claims.user_id, claims.user_epoch);
      case "dummy":
      case "dummy-expiring":
      case "anonymous":
      case "system":
        return false;
    }
  }

  #hasEndedForUser(userId: string | null, userEpoch: number | null): boolean {
    return userId !== null && (userEpoch ?? 0) < this.userEpoch(userId);
  }
}

/** By tenant; a tenant that has not been heard of starts at epoch 0. None is ever forgotten: created again under its old id,
 * it would take the tokens of the one that was deleted. */
export class Epochs {
  readonly #tenants = new Map<string, TenantEpochs>();

  ofTenant(tenantId: string): TenantEpochs {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const fresh = new TenantEpochs();
    this.#tenants.set(tenantId, fresh);
    return fresh;
  }
}
