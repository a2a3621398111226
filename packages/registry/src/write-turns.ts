/** Writes of one instance go one after another: side by side they would only take the counter from each other.
 * When one finds the database away, those that wait behind it learn the same and do not each wait for it anew. */
export class WriteTurns {
  #last: Promise<unknown> = Promise.resolve();
  #outages = 0;
  #waiting = 0;

  /** @param isOutage whether an outcome says that the database is away
   * @param refuse the outcome of a write that is not tried, and why */
  async take<T>(
    work: () => Promise<T>,
    isOutage: (outcome: T) => boolean,
    refuse: (cause: string) => T,
  ): Promise<T> {
    if (this.#waiting >= mostWaiting) return refuse(`${mostWaiting} writes wait already`);
    const outagesBefore = this.#outages;
    this.#waiting += 1;
    const turn = this.#last.then(async () => {
      this.#waiting -= 1;
      if (this.#outages !== outagesBefore)
        return refuse("the database was found away while this write waited");
      const outcome = await work();
      if (isOutage(outcome)) this.#outages += 1;
      return outcome;
    });
    this.#last = turn.catch(ignore);
    return turn;
  }
}

/** At some hundred writes a second, a queue of seconds: more is told to come again. */
const mostWaiting = 1000;

function ignore(): void {
  // Whoever called it has been told.
}
