import { setImmediate as nextTurn } from "node:timers/promises";
import { diffSnapshots, inSlices, nothingYet, type RegistryView, type Snapshot } from "@octavo/registry";
import { monotonicMs, type Told, type ToWorker } from "./messages.ts";

const MODULES_AT_ONCE = 100;

/** Keeps one worker at the parent's snapshot. What it is told is what has changed since it was told last, however many
 * revisions that are. */
export class StateFeed {
  readonly #registry: RegistryView;
  readonly #tell: (message: ToWorker) => void;
  readonly #stops: readonly (() => void)[];
  #told: Snapshot = nothingYet;
  #isTelling = false;
  #isClosed = false;

  constructor(registry: RegistryView, tell: (message: ToWorker) => void) {
    this.#registry = registry;
    this.#tell = tell;
    this.#stops = [
      registry.onSnapshot(() => void this.#catchUp()),
      registry.onRows(() => tell({ kind: "rows", told: toldNow(registry) })),
    ];
    void this.#catchUp();
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
  }

  async #catchUp(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#told !== this.#registry.snapshot && !this.#isClosed) {
      const next = this.#registry.snapshot;
      const slices = [...inSlices(this.#told, diffSnapshots(this.#told, next), MODULES_AT_ONCE)];
      for (const [index, patch] of slices.entries()) {
        if (index > 0) await nextTurn(); // everybody else's requests pass between
        this.#tell({ kind: "patch", patch, isLast: index === slices.length - 1 });
      }
      this.#told = next;
    }
    this.#isTelling = false;
  }
}

export function toldNow({ contact, clock }: RegistryView): Told {
  return { contact, nowMs: clock.now(), monotonicMs: monotonicMs() };
}
