/** Runs `work` alone, never twice at once. Whoever asks while it runs shares the next run: one that had begun may have
 * looked before what they want to see was there. */
export function coalesce<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const run = (): Promise<T> => {
    running = work().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (running === null) return run();
    next ??= running.then(ignore, ignore).then(() => {
      next = null;
      return run();
    });
    return next;
  };
}

function ignore(): void {
  // The run that failed has told its own callers.
}
