import { randomBytes } from "node:crypto";
import type { Attempted, Cut, Found, History, Look, ModuleCall, Read, Write } from "./history.ts";

/** What may be filled in of a call when it ends. */
type Ending<T> = Partial<Omit<T, "id" | "instance" | "invokedAt" | "register" | "canary" | "isPost">>;
type Begun<T extends Attempted, K extends keyof T> = Pick<T, "id" | "instance" | K> & Partial<T>;

/** Notes each call before it is sent, as one whose outcome is unknown, and what became of it when somebody says so. */
export class Recorder {
  readonly #writes = new Map<string, Write>();
  readonly #reads = new Map<string, Read>();
  readonly #calls = new Map<string, ModuleCall>();
  readonly #looks: Look[] = [];
  readonly #cuts: Cut[] = [];
  readonly #now: () => number;
  readonly #run = randomBytes(4).toString("hex");
  #ids = 0;

  /** @param now monotonic, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  /** An id that no other call has, of this recorder or another: a database and a module may outlive it. */
  id(kind: string): string {
    this.#ids += 1;
    return `${kind}-${this.#run}-${this.#ids}`;
  }

  /** The name of a register that only this recorder's clients know. */
  register(number: number): string {
    return `REGISTER_${this.#run}_${number}`;
  }

  /** @returns to be called when it has ended; for a repetition under the same key once more */
  write(begun: Begun<Write, "register">): (ending: Ending<Write>) => void {
    const first: Write = { ...this.#open(), missing: null, answers: [], ...begun };
    return this.#kept(this.#writes, first);
  }

  read(begun: Begun<Read, "register">): (ending: Ending<Read>) => void {
    return this.#kept(this.#reads, { ...this.#open(), value: null, ...begun });
  }

  call(begun: Begun<ModuleCall, "isPost" | "canary">): (ending: Ending<ModuleCall>) => void {
    return this.#kept(this.#calls, { ...this.#open(), answeredCanary: null, ...begun });
  }

  look(look: Omit<Look, "endedAt">): void {
    this.#looks.push({ ...look, endedAt: this.#now() });
  }

  cut(cut: Cut): void {
    this.#cuts.push(cut);
  }

  get writes(): readonly Write[] {
    return [...this.#writes.values()];
  }

  get calls(): readonly ModuleCall[] {
    return [...this.#calls.values()];
  }

  history(found: Found): History {
    const reads = [...this.#reads.values()];
    return { writes: this.writes, reads, calls: this.calls, looks: this.#looks, cuts: this.#cuts, found };
  }

  #open() {
    const outcome = "unknown" as const;
    return { invokedAt: this.#now(), endedAt: Infinity, outcome, because: "nobody has answered" };
  }

  #kept<T extends { readonly id: string }>(all: Map<string, T>, first: T): (ending: Partial<T>) => void {
    all.set(first.id, first);
    return (ending) => {
      all.set(first.id, { ...(all.get(first.id) ?? first), endedAt: this.#now(), ...ending });
    };
  }
}
