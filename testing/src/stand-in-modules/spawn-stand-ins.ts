import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RecordedCall } from "./start-stand-ins.ts";
import type { HostedDescriptor } from "./system-interfaces.ts";

/** Stand-in modules in a process of their own: their work is nobody else's. */
export interface SpawnedStandIns {
  urlOf(moduleId: string): string;
  calls(since?: number): Promise<readonly RecordedCall[]>;
  close(): Promise<void>;
}

export async function spawnStandIns(descriptors: readonly HostedDescriptor[]): Promise<SpawnedStandIns> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // a line is a text
  // as: what main.ts prints first
  const { modules, control } = JSON.parse(line) as { readonly modules: string; readonly control: string };
  const hosted = await fetch(`${control}/modules`, { method: "POST", body: JSON.stringify(descriptors) });
  if (hosted.status !== 204) throw new Error(`stand-in modules: ${hosted.status} ${await hosted.text()}`);
  return {
    urlOf: (moduleId) => `${modules}/${moduleId}`,
    async calls(since = 0) {
      const answer = await fetch(`${control}/calls?since=${since}`);
      return (await answer.json()) as readonly RecordedCall[]; // as: what main.ts records
    },
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}
