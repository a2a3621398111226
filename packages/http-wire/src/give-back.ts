/** Less is not worth the call. */
const LEAST_BYTES = 4 * 1024;

/** Gives the memory of a piece back at once, which nobody may use any more. What a socket reads lies in buffers of 64 KiB
 * of their own. The collector does not see them as the work that they are: 60 to 110 MB wait for it while a large body
 * passes, and as many as that again where it has taken them for old. Given back, the next read finds one in the cache.
 * @param piece bytes of a buffer that holds nothing else that anybody needs */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= LEAST_BYTES) buffer.transfer(0);
}
