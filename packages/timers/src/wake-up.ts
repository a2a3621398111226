/** What a loop sleeps on: a call of `now` ends the sleep of now, or the next one where nobody sleeps. */
export class WakeUp {
  #isCalled = false;
  #wake: (() => void) | null = null;

  now(): void {
    this.#isCalled = true;
    this.#wake?.();
  }

  /** Sleeps at most so long. */
  async within(ms: number): Promise<void> {
    if (!this.#isCalled) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    this.#isCalled = false;
  }

  /** Sleeps so long whatever is called meanwhile. */
  async rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, ms);
    });
  }
}
