import { Agent, request } from "node:http";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@octavo/embedded-postgres";
import { hasFolioData, readDescriptors, readInstallList } from "@octavo/testing/folio-data";
import { spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { spawnStandIns, type SpawnedStandIns } from "@octavo/testing/stand-in-modules/spawn-stand-ins";
import type { RecordedCall } from "@octavo/testing/stand-in-modules/start-stand-ins";
import { Client } from "pg";
import type { BenchOptions, BenchResult } from "./bench-result.ts";

/** What installing a whole release costs beside the modules' own work: stand-ins answer at once, so that all the time is ours.
 * The peer is the same calls, as they arrived, made by hand one after the other on one connection. Each call and step is
 * journaled before and after; what a commit costs on this disk is printed beside it. PostgreSQL is the embedded one as it
 * is installed (durable commits). */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  if (!hasFolioData) return { name: "install", figures: [] };
  const folder = temporaryFolder();
  const server = await startEmbeddedPostgres({ dataDir: join(folder.path, "postgres"), maxConnections: 60 });
  if (!server.ok) throw new Error(server.error.message);
  const descriptors = readDescriptors("release-a").map(({ text }) => text);
  const standIns = await spawnStandIns(descriptors.map((text) => JSON.parse(text)));
  const octavo = await spawnOctavo(["gateway"], {
    DATABASE_URL: server.value.url,
    OCTAVO_DATA_DIR: join(folder.path, "octavo"),
    OCTAVO_MANAGEMENT_AUTH: "open",
  });
  const database = new Client({ connectionString: server.value.url });
  try {
    await Promise.all([octavo.healthy(), database.connect()]);
    await prepare(octavo.url, descriptors, standIns);
    await timeInstall(octavo.url, "warm");
    const one = await alone(octavo.url, standIns, database, isFull ? 7 : 3);
    const tenants = isFull ? 50 : 5;
    const many = await together(octavo.url, tenants);
    const modules = readInstallList("release-a").length;
    return {
      name: "install",
      figures: [
        { name: "release A for one tenant", value: one.ms, unit: "ms", ratio: one.byHandMs / one.ms },
        { name: `peer: its ${one.calls} calls by hand`, value: one.byHandMs, unit: "ms" },
        {
          name: "overhead per module",
          value: (one.ms - one.byHandMs) / modules,
          unit: "ms",
          goal: "<= 10 ms",
        },
        { name: "commits per module", value: one.commits / modules, unit: "commits" },
        { name: "peer: one durable commit by hand", value: one.commitMs, unit: "ms" },
        {
          name: "overhead without as many commits by hand, per module",
          value: (one.ms - one.byHandMs - one.commits * one.commitMs) / modules,
          unit: "ms",
        },
        { name: `release A for ${tenants} tenants, 4 at a time`, value: many / 1_000, unit: "s" },
        { name: "the same per tenant and module", value: many / tenants / modules, unit: "ms" },
      ],
    };
  } finally {
    await database.end();
    await octavo.stop();
    await standIns.close();
    await server.value.stop();
    folder.remove();
  }
}

async function prepare(
  url: string,
  descriptors: readonly string[],
  standIns: SpawnedStandIns,
): Promise<void> {
  await call(url, "POST", "/_/proxy/import/modules", `[${descriptors.join(",")}]`);
  for (const { id } of readInstallList("release-a")) {
    const instance = { srvcId: id, instId: `stand-in-${id}`, url: standIns.urlOf(id) };
    await call(url, "POST", "/_/discovery/modules", JSON.stringify(instance));
  }
}

/** Rounds of ours and of the peers take turns, so that all meet the same machine. */
async function alone(url: string, standIns: SpawnedStandIns, database: Client, rounds: number) {
  const [own, byHand, commits, commitMs]: [number[], number[], number[], number[]] = [[], [], [], []];
  let calls: readonly RecordedCall[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const since = (await standIns.calls()).length;
    const before = await transactions(database);
    own.push(await timeInstall(url, `one${round}`));
    commits.push((await transactions(database)) - before);
    calls = await standIns.calls(since);
    byHand.push(await timeByHand(calls, standIns));
    commitMs.push(await timeCommit(database));
  }
  return {
    ms: median(own),
    byHandMs: median(byHand),
    calls: calls.length,
    commits: median(commits),
    commitMs: median(commitMs),
  };
}

/** How many transactions that wrote something this server has had. */
async function transactions(database: Client): Promise<number> {
  const { rows } = await database.query("select pg_snapshot_xmax(pg_current_snapshot())::text as next");
  return Number(rows[0]?.["next"]);
}

/** The median of fifty. */
async function timeCommit(database: Client): Promise<number> {
  await database.query(
    "create table if not exists public.by_hand (id bigint generated always as identity, text text)",
  );
  const times: number[] = [];
  for (let at = 0; at < 50; at += 1) {
    const started = performance.now();
    await database.query("insert into public.by_hand (text) values ($1)", ["as long as a journal entry"]);
    times.push(performance.now() - started);
  }
  return median(times);
}

async function together(url: string, tenants: number): Promise<number> {
  const waiting = Array.from({ length: tenants }, (_, at) => `many${at}`);
  const started = performance.now();
  const worker = async (): Promise<void> => {
    for (let tenant = waiting.pop(); tenant !== undefined; tenant = waiting.pop())
      await timeInstall(url, tenant);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return performance.now() - started;
}

async function timeInstall(url: string, tenant: string): Promise<number> {
  await call(url, "POST", "/_/proxy/tenants", JSON.stringify({ id: tenant }));
  const list = JSON.stringify(readInstallList("release-a"));
  const started = performance.now();
  await call(url, "POST", `/_/proxy/tenants/${tenant}/install`, list);
  return performance.now() - started;
}

async function timeByHand(calls: readonly RecordedCall[], standIns: SpawnedStandIns): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const started = performance.now();
  for (const { moduleId, method, path, headers, body } of calls) {
    const sent = Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== "host"));
    await send(`${standIns.urlOf(moduleId)}${path}`, method, sent, body, agent);
  }
  const ms = performance.now() - started;
  agent.destroy();
  return ms;
}

async function call(url: string, method: string, path: string, body: string): Promise<void> {
  const headers = { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)) };
  const { status, text } = await send(`${url}${path}`, method, headers, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`);
}

function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  agent?: Agent,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ...(agent === undefined ? {} : { agent }) }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString("utf8") }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
