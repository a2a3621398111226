import { readFileSync } from "node:fs";
import type { SpawnedOctavo } from "@octavo/testing/spawn-octavo";

/** For NODE_OPTIONS of a gateway whose heap is to be seen. */
export const inspected = "--inspect=127.0.0.1:0";

/** What a process of its own holds in memory, seen from outside. */
export interface ProcessMemory {
  /** The heap and what hangs on it outside (buffers) after a full collection. */
  heldBytes(): Promise<number>;
  /** Looks at resident bytes, as Linux counts them, all the time until it is stopped. */
  watchResident(): { readonly mostBytes: number; stop(): void };
  close(): void;
}

interface InspectorAnswer {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/** @param octavo started with `inspected` */
export async function memoryOf({ pid, output }: SpawnedOctavo): Promise<ProcessMemory> {
  const [, url] = /Debugger listening on (ws:\S+)/.exec(output.stderr) ?? [];
  if (url === undefined) throw new Error(`no inspector in: ${output.stderr}`);
  const socket = new WebSocket(url);
  const waiting = new Map<number, (answer: InspectorAnswer) => void>();
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as InspectorAnswer; // the inspector protocol
    waiting.get(answer.id ?? 0)?.(answer);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  let calls = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<InspectorAnswer>((resolve) => {
      const id = (calls += 1);
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  const resident = () => {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  };
  return {
    async heldBytes() {
      await call("HeapProfiler.collectGarbage");
      const expression = "(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())";
      const answer = await call("Runtime.evaluate", { expression });
      return Number(answer.result?.result?.value);
    },
    watchResident() {
      let most = resident();
      const timer = setInterval(() => (most = Math.max(most, resident())), 20);
      return {
        get mostBytes() {
          return most;
        },
        stop: () => clearInterval(timer),
      };
    },
    close: () => socket.close(),
  };
}
