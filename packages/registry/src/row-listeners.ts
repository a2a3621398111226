import type { PoolClient } from "pg";
import { messageOf } from "./database-failure.ts";
import type { RegistryEvent } from "./registry-event.ts";
import { rowsChannel } from "./wake-ups.ts";

/** Who wants to look when rows beside the snapshot may have changed. */
export class RowListeners {
  readonly #listeners = new Set<() => void>();
  readonly #log: (event: RegistryEvent) => void;

  constructor(log: (event: RegistryEvent) => void) {
    this.#log = log;
  }

  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#log({ kind: "listener-failed", cause: messageOf(error) });
      }
    }
  }
}

/** Every instance is told when this transaction has been committed. One that hears nothing looks within a second. */
export async function announceRows(client: PoolClient): Promise<void> {
  await client.query(`notify ${rowsChannel}`);
}
