import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A process that ends with this one, and does not keep it.
 * @param onEnd it has ended, and nobody has stopped it
 * @returns how to end it: done when it has, which it does within a bound of its own */
export function stoppableChild(
  child: ChildProcess,
  onEnd: (code: number | null) => void,
): () => Promise<void> {
  let isStopped = false;
  child.once("exit", (code) => {
    if (!isStopped) onEnd(code);
  });
  child.unref();
  child.channel?.unref();
  child.stdout?.destroy();
  return async () => {
    isStopped = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.ref();
    child.kill("SIGTERM");
    await ended;
  };
}
