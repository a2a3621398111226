const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 900;

/** How long a job waits after an attempt that failed: 5 s, twice as long each time, 15 minutes at most, and up to a half more so that
 * those that failed together do not come back together.
 * @param attempt from 1
 * @param random from 0 to 1 */
export function retryDelaySeconds(attempt: number, random: number): number {
  const seconds = Math.min(FIRST_SECONDS * 2 ** (attempt - 1), LONGEST_SECONDS);
  return seconds * (1 + random / 2);
}
