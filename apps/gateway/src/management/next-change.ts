import type { CancelSignal } from "@octavo/http-wire";

/** So that proxies between see that somebody is there. */
const HEARTBEAT_MS = 15_000;

/** Waits, again and again, for something that a stream of events tells of. */
export class NextChange {
  #wake: (isChange: boolean) => void = () => undefined;
  readonly #stop: () => void;

  /** @param listen begins to listen, and returns how to stop */
  constructor(listen: (onChange: () => void) => () => void, gone: CancelSignal) {
    this.#stop = listen(() => this.#wake(true));
    gone.addEventListener("abort", () => this.#wake(true));
  }

  /** Of changes from now on; false where there was none for a while. */
  next(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), HEARTBEAT_MS);
      timer.unref();
      this.#wake = (isChange) => {
        clearTimeout(timer);
        resolve(isChange);
      };
    });
  }

  close(): void {
    this.#wake(true);
    this.#stop();
  }
}
