import type { Lease } from "./carried-transaction.ts";
import type { Connection } from "./connection.ts";

export class Pool {
  readonly #budget: number;
  readonly #open: (target: string) => Promise<Connection>;
  readonly #idle: { target: string; connection: Connection }[] = [];
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(budget: number, open: (target: string) => Promise<Connection>) {
    this.#budget = budget;
    this.#open = open;
  }

  async take(target: string): Promise<Lease> {
    if (this.#used >= this.#budget) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used += 1;
    try {
      const connection = await this.#connection(target);
      const giveBack = (fate: "keep" | "close"): void => {
        if (fate === "keep" && !connection.isBroken) this.#idle.push({ target, connection });
        else void connection.close();
        this.#free();
      };
      return { connection, giveBack };
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  async #connection(target: string): Promise<Connection> {
    for (;;) {
      const at = this.#idle.findIndex((idle) => idle.target === target);
      const [found] = at === -1 ? [] : this.#idle.splice(at, 1);
      if (found === undefined) break;
      if (!found.connection.isBroken) return found.connection;
    }
    if (this.#used + this.#idle.length > this.#budget) await this.#idle.shift()?.connection.close();
    return this.#open(target);
  }

  #free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#used -= 1;
    else next();
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(({ connection }) => connection.close()));
  }
}
