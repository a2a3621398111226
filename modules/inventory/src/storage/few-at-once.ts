/** Does `work` for each of `all`, at most `most` at the same time.
 * @returns what each gave, in the order of `all`
 * @throws what the first that failed has thrown; those that have not begun are not done then */
export async function fewAtOnce<T, Given>(
  all: readonly T[],
  most: number,
  work: (each: T) => Promise<Given>,
): Promise<readonly Given[]> {
  const given: Given[] = [];
  const waiting = all.entries();
  // All of them take from one iterator, so that each is taken once.
  const worker = async (): Promise<void> => {
    for (const [at, each] of waiting) given[at] = await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker));
  return given;
}
