import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A revision that has ended this program while it was applied. */
export interface Quarantined {
  readonly revision: number;
  /** What is served in place of it, and what to do, in a sentence. */
  readonly because: string;
}

/** So many ends on one revision are no accident. */
const MOST_DEATHS = 2;

/** Leaves a mark in the data folder while a revision is applied, so that the next process knows on which one this one has
 * died: what ends every instance in the same moment must not end it again at each start. States of the file: absent ->
 * begun 1 -> (applied: absent) or (died; begun 2 at the next start) -> (died: quarantined). Another version of the program
 * does not heed it. */
export class ApplyGuard {
  readonly path: string;
  readonly #program: string;
  readonly #folder: string;
  #isMarked = false;

  /** @param program version of this gateway */
  constructor(folder: string, program: string) {
    this.#folder = folder;
    this.path = join(folder, "applying");
    this.#program = program;
  }

  /** Before a revision is loaded or applied. Where the folder cannot be written there is no guard, and no harm. */
  begin(revision: number): void {
    const before = this.#read();
    const begun = before?.revision === revision ? before.begun + (this.#isMarked ? 0 : 1) : 1;
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(this.path, JSON.stringify({ revision, begun, program: this.#program }));
      this.#isMarked = true;
    } catch {
      this.#isMarked = false;
    }
  }

  /** It is applied, or could not be for a reason that is known. */
  end(): void {
    if (!this.#isMarked) return;
    this.#isMarked = false;
    rmSync(this.path, { force: true });
  }

  /** What must not be tried again by this program; null where nothing. Asked at the start. */
  quarantined(): Quarantined | null {
    const mark = this.#read();
    if (mark === null || mark.begun < MOST_DEATHS) return null;
    const { revision } = mark;
    return {
      revision,
      because:
        `revision ${revision} has ended this program ${MOST_DEATHS} times while it was applied and is not tried again: ` +
        `start another version, or undo the change and delete ${this.path}`,
    };
  }

  #read(): Mark | null {
    try {
      // as: looked at right below
      const mark = JSON.parse(readFileSync(this.path, "utf8")) as Partial<Mark> | null;
      const { revision, begun, program } = mark ?? {};
      if (revision === undefined || begun === undefined || program !== this.#program) return null;
      return { revision, begun, program };
    } catch {
      return null; // there is none, or it was cut off while it was written
    }
  }
}

interface Mark {
  readonly revision: number;
  readonly begun: number;
  readonly program: string;
}
