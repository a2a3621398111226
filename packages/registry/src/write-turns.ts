import type { ProcessTime } from "./process-time.ts";

/** At some hundred writes a second, a queue of seconds: more is told to come again. */
const MOST_WAITING = 1000;
/** Whoever waits longer learns that nothing was tried, while he still listens: clients give up after half a minute. */
const LONGEST_WAIT_MS = 10_000;

/** Writes of one instance go one after another: side by side they would only take the counter from each other.
 * When one finds the database away, those that wait behind it learn the same and do not each wait for it anew. */
export class WriteTurns {
  readonly #time: Pick<ProcessTime, "after">;
  #last: Promise<unknown> = Promise.resolve();
  #outages = 0;
  #waiting = 0;

  constructor(time: Pick<ProcessTime, "after">) {
    this.#time = time;
  }

  /** @param isOutage whether an outcome says that the database is away
   * @param refuse the outcome of a write that is not tried, and why */
  take<T>(
    work: () => Promise<T>,
    isOutage: (outcome: T) => boolean,
    refuse: (cause: string) => T,
  ): Promise<T> {
    if (this.#waiting >= MOST_WAITING) return Promise.resolve(refuse(`${MOST_WAITING} writes wait already`));
    const outagesBefore = this.#outages;
    let isWaiting = true;
    this.#waiting += 1;
    const leave = (): void => {
      isWaiting = false;
      this.#waiting -= 1;
    };
    const tooLong = Promise.withResolvers<T>();
    const stop = this.#time.after(LONGEST_WAIT_MS, () => {
      leave();
      tooLong.resolve(refuse(`it waited ${LONGEST_WAIT_MS / 1000} s for writes before it`));
    });
    const turn = this.#last.then(async () => {
      if (!isWaiting) return tooLong.promise;
      stop();
      leave();
      if (this.#outages !== outagesBefore)
        return refuse("the database was found away while this write waited");
      const outcome = await work();
      if (isOutage(outcome)) this.#outages += 1;
      return outcome;
    });
    this.#last = turn.catch(ignore);
    return Promise.race([turn, tooLong.promise]);
  }
}

function ignore(): void {
  // Whoever called it has been told.
}
