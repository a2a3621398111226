import { Type } from "typebox";
import type { Calls } from "../calls/calls.ts";

interface Held {
  /** May be stored: it tells of users and opens nothing else. Null where no gateway gives one. */
  readonly stored: string | null;
  readonly askAgainAtMs: number;
  /** Of the latest request; never stored. */
  readonly ofRequest: string | null;
}

/** Gateways' tokens for pushes end after twelve hours: what a row keeps is good for eleven. */
const KEPT_MS = 3_600_000;
/** Whoever gave none is asked again after that: one who cannot be reached, or an Okapi; and one who refused it, as a gateway does while the
 * module is being enabled. */
const NONE_KEPT_MS = 30_000;
const REFUSAL_KEPT_MS = 1000;
const WITHIN_MS = 2000;
const MOST_TENANTS = 10_000;

/** With what the relay speaks for a tenant. A row keeps a token because the process that could tell may be gone, and whoever reads the table
 * must not get what an administrator may do: so it is one that gateways give for pushes alone. */
export class PushTokens {
  readonly #held = new Map<string, Held>();
  readonly #flights = new Map<string, Promise<string | null>>();

  /** @returns what may be stored with a change; null where no gateway gives one: then this process alone can tell
   * @param ofRequest what the request itself came with */
  async forRow(tenantId: string, calls: Calls, ofRequest: string | null): Promise<string | null> {
    if (ofRequest === null) return null;
    const known = this.#held.get(tenantId);
    if (known !== undefined && performance.now() < known.askAgainAtMs) {
      this.#hold(tenantId, { ...known, ofRequest });
      return known.stored;
    }
    const flight = this.#flights.get(tenantId) ?? this.#ask(tenantId, calls, ofRequest);
    this.#flights.set(tenantId, flight);
    return await flight;
  }

  /** The best one for the relay. @param ofRow the newest that is stored */
  forRelay(tenantId: string, ofRow: string | null): string | null {
    const known = this.#held.get(tenantId);
    return known?.stored ?? known?.ofRequest ?? ofRow;
  }

  /** It was not taken: the tenant's tokens were ended, or the module was away. The next change asks anew. */
  forget(tenantId: string): void {
    this.#held.delete(tenantId);
  }

  async #ask(tenantId: string, calls: Calls, ofRequest: string): Promise<string | null> {
    const answer = await calls
      .send({
        method: "POST",
        path: "/token/identity-pushes",
        body: {},
        answer: Type.Object({ token: Type.String() }),
        timeoutMs: WITHIN_MS,
      })
      .finally(() => this.#flights.delete(tenantId));
    const stored = answer.ok ? answer.value.body.token : null;
    const isRefused = !answer.ok && answer.error.kind === "refused" && answer.error.status !== 404;
    const keptMs = answer.ok ? KEPT_MS : isRefused ? REFUSAL_KEPT_MS : NONE_KEPT_MS;
    this.#hold(tenantId, { stored, ofRequest, askAgainAtMs: performance.now() + keptMs });
    return stored;
  }

  #hold(tenantId: string, held: Held): void {
    this.#held.delete(tenantId);
    this.#held.set(tenantId, held);
    const [oldest] = this.#held.size > MOST_TENANTS ? this.#held.keys() : [];
    if (oldest !== undefined) this.#held.delete(oldest);
  }
}
