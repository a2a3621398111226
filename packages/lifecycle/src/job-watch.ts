import { processTime, type Registry } from "@octavo/registry";
import { Throttle } from "./throttle.ts";

/** For jobs of other instances; those of this one are told of at once. */
const LOOK_EVERY_MS = 100;

/** Tells when jobs have ended or wait for a human, whoever drives them. One look for all that are waited for. */
export class JobWatch {
  readonly #registry: Registry;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stop: () => void;
  #isLooking = false;
  #looksAgain = false;
  #isClosed = false;

  constructor(registry: Registry) {
    this.#registry = registry;
    const throttle = new Throttle(processTime, LOOK_EVERY_MS, () => void this.#look());
    const stop = registry.onRows(() => throttle.want());
    this.#stop = () => {
      stop();
      throttle.stop();
    };
  }

  /** Resolves when the job is settled: ended, waiting for a human, or gone.
   * @param signal ends the wait */
  async settled(jobId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#isClosed) return;
    const waiting = this.#waiting.get(jobId) ?? new Set();
    this.#waiting.set(jobId, waiting);
    let wake = (): void => undefined;
    const told = new Promise<void>((resolve) => {
      wake = resolve;
    });
    waiting.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    void this.#look();
    await told;
    signal.removeEventListener("abort", wake);
    waiting.delete(wake);
    if (waiting.size === 0) this.#waiting.delete(jobId);
  }

  /** It is settled: whoever drives it here says so at once. */
  tell(jobId: string): void {
    for (const wake of this.#waiting.get(jobId) ?? []) wake();
  }

  /** Whoever waits is told; nobody waits afterwards. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake();
  }

  async #look(): Promise<void> {
    if (this.#waiting.size === 0) return;
    if (this.#isLooking) {
      this.#looksAgain = true;
      return;
    }
    this.#isLooking = true;
    try {
      do {
        this.#looksAgain = false;
        await this.#lookOnce([...this.#waiting.keys()]);
      } while (this.#looksAgain);
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookOnce(ids: readonly string[]): Promise<void> {
    const open = await this.#registry.read(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `select id from octavo.job where id = any($1) and ended_at is null and state in ('pending', 'running')`,
        [ids],
      );
      return new Set(rows.map(({ id }) => id));
    });
    if (!open.ok) return; // looked for again when there is contact
    for (const id of ids) if (!open.value.has(id)) this.tell(id);
  }
}
