const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** How long to wait before a worker is started again that has failed so many times in a row: a second process that dies of
 * the same thing at once helps nobody.
 * @param failures 0 for one that had served for a while */
export function restartDelayMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
}
