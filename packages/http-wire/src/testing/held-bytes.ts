import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the flag above puts it there
const collect = runInNewContext("gc") as () => void;

/** What this process holds after a collection: objects and buffers. */
export function heldBytes(): number {
  collect();
  collect(); // buffers of the first are let go behind its back; the second waits for that
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
