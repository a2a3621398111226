import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import type { FromWorker, Question, ToWorker } from "./messages.ts";

/** A worker's channel to its parent. When the parent is gone, so are we: a worker alone has nobody to tell it that what it
 * knows is out of date. */
export class ParentLink {
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #lastId = 0;
  #parentFolder: string | null = null;

  constructor(
    onMessage: (message: Exclude<ToWorker, { kind: "answer" }>, connection: Socket | undefined) => void,
  ) {
    process.on("disconnect", () => {
      if (this.#parentFolder !== null) rmSync(this.#parentFolder, { recursive: true, force: true });
      process.exit(1);
    });
    process.on("message", (message, connection) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parent is this very program (messages.ts)
      const told = message as ToWorker;
      if (told.kind === "answer") this.#settle(told.id, told.value);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is ever handed over
      else onMessage(told, connection as Socket | undefined);
    });
  }

  /** A parent that was killed could not take its socket away. */
  removesWhenAlone(parentPath: string): void {
    this.#parentFolder = dirname(parentPath);
  }

  tell(message: FromWorker): void {
    if (process.connected) process.send?.(message);
  }

  /** The last word; with it the process ends. */
  leave(message: FromWorker): void {
    process.send?.(message, undefined, undefined, () => process.exit(0));
  }

  /** @returns null where the parent cannot say now */
  ask<T>(question: Question): Promise<T | null> {
    const id = (this.#lastId += 1);
    this.tell({ kind: "ask", id, question });
    return new Promise((resolve) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parent answers each question with its own kind
      this.#waiting.set(id, (value) => resolve(value as T | null));
    });
  }

  #settle(id: number, value: unknown): void {
    this.#waiting.get(id)?.(value);
    this.#waiting.delete(id);
  }
}
