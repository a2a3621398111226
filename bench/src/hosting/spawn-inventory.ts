import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { loginUrlOf } from "../contest/filled-database.ts";

export interface SpawnedModule {
  readonly url: string;
  stop(): Promise<void>;
}

/** octavo-inventory-storage in a process of its own, so that making records and storing them do not share a thread. */
export async function spawnInventory(adminUrl: string): Promise<SpawnedModule> {
  const child = fork(fileURLToPath(new URL("./inventory-process.ts", import.meta.url)), {
    env: {
      ...process.env,
      OCTAVO_TRUST: "network",
      OCTAVO_DB_URL: loginUrlOf(adminUrl),
      OCTAVO_DB_ADMIN_URL: adminUrl,
      OCTAVO_DB_BUDGET: "8",
    },
  });
  const ended = once(child, "exit");
  const [url] = await Promise.race([
    once(child, "message"),
    ended.then(() => Promise.reject(new Error("octavo-inventory-storage ended before it was ready"))),
  ]);
  return {
    url: String(url),
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}
