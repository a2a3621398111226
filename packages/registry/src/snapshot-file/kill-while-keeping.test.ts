import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { internalModule } from "../testing/sample-modules.ts";
import { keptFilesIn } from "./kept-files.ts";
import { readKeptState } from "./read-snapshot-file.ts";

const key = Buffer.alloc(32, 5);
const databaseUrl = "postgres://octavo@database.example:5432/octavo";
const script = new URL("../testing/keeping-process.ts", import.meta.url).pathname;
const rounds = process.env["OCTAVO_SOAK"] === undefined ? 8 : 200;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "octavo-kept-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns the last state that it said it had kept */
async function keepUntilKilled(from: number, afterStates: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [script, folder, key.toString("hex"), databaseUrl, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let kept = from - 1;
  for await (const line of createInterface(child.stdout)) {
    kept = Number(line);
    // In the middle of the next one, wherever that is.
    if (kept - from + 1 === afterStates) setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return kept;
}

it(
  `whenever it is killed while it writes, a whole state is there, no older than the last that was kept (${rounds} times)`,
  async () => {
    let last = 0;
    for (let round = 0; round < rounds; round += 1) {
      last = await keepUntilKilled(last + 1, 2, Math.random() * 20);
      const { state, refused } = await readKeptState({
        files: keptFilesIn(folder, key, databaseUrl),
        internal: internalModule,
        maxAgeMs: 86_400_000,
        nowMs: last,
      });
      expect(refused.filter(({ because }) => because !== "there is none")).toEqual([]);
      expect(state?.snapshot.revision).toBeGreaterThanOrEqual(last);
      expect(state?.snapshot.modules.all()).toHaveLength(201);
    }
  },
  30_000 + rounds * 5000,
);
