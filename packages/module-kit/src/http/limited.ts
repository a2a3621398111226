import { Refusal } from "./refusal.ts";

/** The same pieces, until there are more bytes than may be.
 * @throws Refusal 413 */
export async function* limited(
  pieces: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > limitBytes) {
      const message = `The body is larger than ${limitBytes} bytes`;
      throw new Refusal(413, [{ message, code: "body-too-large" }]);
    }
    yield piece;
  }
}
