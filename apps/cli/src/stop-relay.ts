import { EventEmitter } from "node:events";

/** What ends a server in the foreground: signals, and the end of the launcher that holds our channel (scripts/run.mjs). */
const events = ["SIGTERM", "SIGINT", "SIGHUP", "disconnect"] as const;

/** The stop signals of this process, and a way to ask for the same stop ourselves. */
export class StopRelay extends EventEmitter {
  readonly #source: EventEmitter;
  readonly #pass = events.map((event) => [event, () => void this.emit(event, event)] as const);

  /** @param source the process */
  constructor(source: EventEmitter) {
    super();
    this.#source = source;
    for (const [event, pass] of this.#pass) source.on(event, pass);
  }

  /** @param because what a person reads in the log instead of a signal's name */
  stop(because: string): void {
    this.emit("SIGTERM", because);
  }

  /** Lets the process end: a listener to the launcher's channel keeps it open. Signals are still taken, and no longer
   * mean anything: one that comes now would otherwise kill what has just stopped cleanly. */
  letEnd(): void {
    for (const [event, pass] of this.#pass) if (event === "disconnect") this.#source.off(event, pass);
  }
}
