import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { spawnOctavo, temporaryFolder, type SpawnedOctavo } from "@octavo/testing/spawn-octavo";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { processTree, proportionalMiB } from "./start-memory.ts";

/** How long it takes from the start of the process to a 200 of the health check, and what is in memory then. The peer does
 * by hand what must be done in any case, with the same programs: initdb and postgres, nothing of ours. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  const rounds = isFull ? 15 : 5;
  const seen = { fresh: [], existing: [], bareFresh: [], bareExisting: [] } as Record<Case, number[]>;
  const memory: Memory[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = temporaryFolder();
    // In turns, so that whatever else the machine does meets all four alike.
    const first = await timeOctavo(join(folder.path, "octavo"), null);
    seen.fresh.push(first.ms);
    const bareFolder = join(folder.path, "bare");
    const bareMs = await timeInitdb(bareFolder, first.postgres);
    seen.bareFresh.push(bareMs + (await timePostgres(bareFolder, first.postgres)));
    seen.existing.push((await timeOctavo(join(folder.path, "octavo"), memory)).ms);
    seen.bareExisting.push(await timePostgres(bareFolder, first.postgres));
    folder.remove();
  }
  return {
    name: "start",
    figures: [
      timed("fresh data folder, to health 200", seen.fresh, seen.bareFresh, "<= 10000 ms"),
      timed("existing data folder, to health 200", seen.existing, seen.bareExisting),
      timed("peer: initdb and postgres by hand", seen.bareFresh),
      timed("peer: postgres by hand", seen.bareExisting),
      { name: "memory at rest, gateway", value: median(memory.map(({ gateway }) => gateway)), unit: "MiB" },
      {
        name: "memory at rest, PostgreSQL",
        value: median(memory.map(({ postgres }) => postgres)),
        unit: "MiB",
      },
    ],
  };
}

type Case = "fresh" | "existing" | "bareFresh" | "bareExisting";

interface Memory {
  readonly gateway: number;
  readonly postgres: number;
}

/** The programs that Octavo started PostgreSQL with, and as whom. */
interface Programs {
  readonly bin: string;
  readonly user: { readonly uid: number; readonly gid: number };
}

/** Rest begins when the start's own work is done: what a second more or less of it frees is not asked here. */
const REST_MS = 3_000;

async function timeOctavo(
  dataDir: string,
  memory: Memory[] | null,
): Promise<{ ms: number; postgres: Programs }> {
  const started = performance.now();
  const octavo = await spawnOctavo(["gateway"], { OCTAVO_DATA_DIR: dataDir, OCTAVO_MANAGEMENT_AUTH: "open" });
  try {
    await octavo.healthy();
    const ms = performance.now() - started;
    const pid = postgresPid(dataDir);
    if (memory !== null) {
      await delay(REST_MS);
      memory.push(memoryOf(octavo, pid));
    }
    const { uid, gid } = statSync(`/proc/${pid}`);
    return { ms, postgres: { bin: dirname(readlinkSync(`/proc/${pid}/exe`)), user: { uid, gid } } };
  } finally {
    await octavo.stop();
  }
}

function postgresPid(dataDir: string): number {
  return Number(
    readFileSync(join(dataDir, "postgres", "cluster", "data", "postmaster.pid"), "utf8").split("\n")[0],
  );
}

function memoryOf(octavo: SpawnedOctavo, postgresPid: number): Memory {
  const postgres = processTree(postgresPid);
  const gateway = processTree(octavo.pid).filter((pid) => !postgres.includes(pid));
  return { gateway: proportionalMiB(gateway), postgres: proportionalMiB(postgres) };
}

async function timeInitdb(folder: string, { bin, user }: Programs): Promise<number> {
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const started = performance.now();
  const args = [
    "--pgdata",
    join(folder, "data"),
    "--encoding=UTF8",
    "--locale=C",
    "--auth=trust",
    "--username=octavo",
  ];
  const initdb = spawn(join(bin, "initdb"), args, { ...asUser(user), cwd: folder, stdio: "ignore" });
  const [code] = (await once(initdb, "exit")) as [number | null];
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  return performance.now() - started;
}

async function timePostgres(folder: string, { bin, user }: Programs): Promise<number> {
  const started = performance.now();
  const args = [
    "-D",
    join(folder, "data"),
    "-c",
    "listen_addresses=",
    "-c",
    `unix_socket_directories=${folder}`,
  ];
  const postgres = spawn(join(bin, "postgres"), args, { ...asUser(user), cwd: folder, stdio: "ignore" });
  const ended = once(postgres, "exit");
  while (!isReady(folder)) {
    if (postgres.exitCode !== null) throw new Error(`postgres ended with ${postgres.exitCode}`);
    await delay(5);
  }
  const ms = performance.now() - started;
  postgres.kill("SIGINT");
  await ended;
  return ms;
}

function isReady(folder: string): boolean {
  try {
    return readFileSync(join(folder, "data", "postmaster.pid"), "utf8").includes("ready");
  } catch {
    return false;
  }
}

function asUser(user: Programs["user"]): Partial<Programs["user"]> {
  return process.getuid?.() === 0 ? user : {};
}

function timed(name: string, runs: readonly number[], peer: readonly number[] = [], goal?: string): Figure {
  const sorted = runs.toSorted((a, b) => a - b);
  const value = median(runs);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] ?? value;
  return {
    name,
    value,
    unit: "ms",
    spread: [at(0.25), at(0.75)],
    ...(goal === undefined ? {} : { goal }),
    ...(peer.length === 0 ? {} : { ratio: median(peer) / value }),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
