import { type Health, isEjected, newHealth } from "./health.ts";
import type { Latency } from "./latency.ts";

/** An instance of a module as this process sees it; the only thing here that changes in place. */
export class Instance {
  readonly instanceId: string;
  readonly url: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** What discovery has behind the origin, put before each path; mostly "". */
  readonly basePath: string;
  health: Health;
  latency: Latency;
  inFlight = 0;
  /** Since when it owes answers and has said nothing; infinity while it owes none. */
  silentSince = Number.POSITIVE_INFINITY;
  #owed = 0;

  constructor(instanceId: string, url: string, latency: Latency) {
    this.instanceId = instanceId;
    this.url = url;
    const parsed = URL.parse(url);
    // What is no URL fails at the connection, with a sentence.
    this.origin = parsed === null ? url : parsed.origin;
    this.basePath = parsed === null ? "" : parsed.pathname.replace(/\/+$/, "");
    this.health = newHealth(latency.at);
    this.latency = latency;
  }

  /** A request has gone out that it should answer soon. Runs for every request, as `settle` does. */
  owe(now: number): void {
    if (this.#owed === 0) this.silentSince = now;
    this.#owed += 1;
  }

  /** One that was owed is not any more. */
  settle(): void {
    this.#owed -= 1;
    if (this.#owed === 0) this.silentSince = Number.POSITIVE_INFINITY;
  }

  /** It has said something. */
  hear(now: number): void {
    if (this.#owed > 0) this.silentSince = now;
  }

  report(now: number): InstanceReport {
    const { instanceId, url, inFlight } = this;
    const state = this.health.isDown ? "down" : isEjected(this.health, now) ? "ejected" : "in";
    return { instanceId, url, inFlight, state, failuresInRow: this.health.failuresInRow };
  }
}

export interface InstanceReport {
  readonly instanceId: string;
  readonly url: string;
  readonly state: "in" | "ejected" | "down";
  readonly inFlight: number;
  readonly failuresInRow: number;
}
