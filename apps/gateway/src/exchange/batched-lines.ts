/** What one write to a pipe carries whole: lines of several processes on one stdout do not run into each other. */
const WHOLE_BYTES = 4096;
const LONGEST_MS = 200;

/** Gathers lines and writes them some at a time: one write for each would cost more than all else that is done for a line.
 * A line longer than WHOLE_BYTES is written by itself. */
export class BatchedLines {
  readonly #write: (text: string) => void;
  #held = "";
  #timer: NodeJS.Timeout | null = null;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** @param line with its end */
  add(line: string): void {
    // Characters for bytes: what is not ASCII in a line is seldom, and only costs the promise for that batch.
    if (this.#held.length + line.length > WHOLE_BYTES) this.flush();
    this.#held += line;
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => this.flush(), LONGEST_MS);
    this.#timer.unref();
  }

  /** Nothing is held any more. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const held = this.#held;
    this.#held = "";
    if (held !== "") this.#write(held);
  }
}
