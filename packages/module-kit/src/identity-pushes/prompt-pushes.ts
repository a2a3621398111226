import { setTimeout as wait } from "node:timers/promises";
import type { Calls } from "../calls/calls.ts";
import { type IdentityChange, joined } from "./identity-change.ts";
import { type Telling, tellGateways } from "./tell-gateways.ts";

/** A change that is committed and that nobody may know of yet. */
interface Waiting {
  readonly change: IdentityChange;
  isSettled: boolean;
}

const PAUSE_MS = 100;

/** Tells gateways of changes while their requests wait. One push at a time is under way for a tenant; what comes meanwhile goes together with
 * the next one, so that a hundred changes at once are not a hundred writes of the registry. */
export class PromptPushes {
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #flights = new Map<string, Promise<Telling>>();

  /** @returns when every gateway knows, or why that is not so after `withinMs` */
  async arrive(tenantId: string, calls: Calls, change: IdentityChange, withinMs: number): Promise<Telling> {
    const mine: Waiting = { change, isSettled: false };
    const all = this.#waiting.get(tenantId) ?? new Set();
    this.#waiting.set(tenantId, all.add(mine));
    const endsMs = performance.now() + withinMs;
    try {
      for (;;) {
        const leftMs = endsMs - performance.now();
        const telling = await this.#flight(tenantId, calls, Math.max(1, leftMs));
        if (mine.isSettled) return { kind: "told" };
        if (telling.kind !== "failed") continue; // that one had left before this change came
        if (!telling.mayPassSoon || endsMs - performance.now() < PAUSE_MS) return telling;
        await wait(PAUSE_MS);
      }
    } finally {
      all.delete(mine);
      if (all.size === 0) this.#waiting.delete(tenantId);
    }
  }

  /** The one that is under way, else a new one with all that wait. A failure of another request's calls (its client left) is no failure of
   * this one: whoever is not settled begins anew. */
  #flight(tenantId: string, calls: Calls, timeoutMs: number): Promise<Telling> {
    const known = this.#flights.get(tenantId);
    if (known !== undefined) return known;
    const flight = this.#fly([...(this.#waiting.get(tenantId) ?? [])], calls, timeoutMs).finally(() => {
      this.#flights.delete(tenantId);
    });
    this.#flights.set(tenantId, flight);
    return flight;
  }

  async #fly(waiting: readonly Waiting[], calls: Calls, timeoutMs: number): Promise<Telling> {
    for (const push of joined(waiting.map(({ change }) => change))) {
      const telling = await tellGateways(calls, push, timeoutMs);
      if (telling.kind === "failed") return telling;
    }
    for (const each of waiting) each.isSettled = true;
    return { kind: "told" };
  }
}
