import { EventEmitter } from "node:events";
import { type Place, SimulatedClient } from "./simulated-client.ts";

const CONNECT_MS = 900;

/** Connections as pg's `Pool` lends them, as far as the registry uses it. */
export class SimulatedPool extends EventEmitter {
  readonly #place: Place;
  readonly #most: number;
  readonly #all = new Set<PooledClient>();
  readonly #idle: PooledClient[] = [];
  readonly #waiting: (() => void)[] = [];
  #isEnded = false;

  constructor(place: Place, most: number) {
    super();
    this.#place = place;
    this.#most = most;
  }

  async connect(): Promise<PooledClient> {
    if (this.#isEnded) throw new Error("Cannot use a pool after calling end on the pool");
    for (;;) {
      const idle = this.#idle.pop();
      if (idle !== undefined) {
        if (!idle.isEnded) return idle;
        this.#forget(idle);
        continue;
      }
      if (this.#all.size < this.#most) return this.#open();
      await this.#free();
    }
  }

  async query(query: Parameters<SimulatedClient["query"]>[0], values?: unknown[]) {
    const client = await this.connect();
    try {
      const answer = await client.query(query, values);
      client.release();
      return answer;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await Promise.all([...this.#all].map((client) => client.end()));
  }

  /** Breaks one of its connections. */
  breakOne(pick: (clients: readonly PooledClient[]) => PooledClient): void {
    if (this.#all.size > 0) pick([...this.#all]).break();
  }

  async #open(): Promise<PooledClient> {
    const client = new PooledClient(this.#place, (isBroken) => {
      if (isBroken || client.isEnded) {
        void client.end();
        this.#forget(client);
      } else this.#idle.push(client);
      this.#waiting.shift()?.();
    });
    this.#all.add(client);
    try {
      await client.connect();
    } catch (error) {
      this.#forget(client);
      this.#waiting.shift()?.();
      throw error;
    }
    this.emit("connect", client);
    return client;
  }

  #forget(client: PooledClient): void {
    if (this.#all.delete(client)) this.emit("remove", client);
  }

  #free(): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        cancel();
        resolve();
      };
      const cancel = this.#place.process.time.after(CONNECT_MS, () => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        reject(new Error("timeout exceeded when trying to connect"));
      });
      this.#waiting.push(wake);
    });
  }
}

export class PooledClient extends SimulatedClient {
  readonly #giveBack: (isBroken: boolean) => void;

  constructor(place: Place, giveBack: (isBroken: boolean) => void) {
    super(place);
    this.#giveBack = giveBack;
  }

  release(isBroken = false): void {
    this.#giveBack(isBroken);
  }
}
