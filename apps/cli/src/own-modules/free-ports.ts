import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections: one of several in a row up there is soon taken. */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 20;

/** The first of so many free ports in a row, so that the next start finds all of them by the first.
 * @returns null where none were found */
export async function freePorts(count: number): Promise<number | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = randomInt(FIRST, LAST - count);
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)));
    if (!free.includes(false)) return first;
  }
  return null;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false; // in use, or not for us
  }
  server.close();
  await once(server, "close");
  return true;
}
