import { createInterface } from "node:readline/promises";
import type { ReadStream, WriteStream } from "node:tty";

/** Asks on a terminal; what is not clearly yes is no.
 * @returns null where one of the two is no terminal: a script is not made to wait for an answer */
export async function confirmed(
  input: ReadStream,
  output: WriteStream,
  question: string,
): Promise<boolean | null> {
  if (!input.isTTY || !output.isTTY) return null;
  const asking = createInterface({ input, output });
  try {
    return /^y(?:es)?$/iu.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
