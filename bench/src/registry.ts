import { randomUUID } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseModuleDescriptor, type ModuleDescriptor } from "@octavo/descriptor";
import { fromPlain, parseJson } from "@octavo/json";
import { openRegistry, type Change, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { hasFolioData, readDescriptors } from "@octavo/testing/folio-data";
import { Client } from "pg";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { withPostgres } from "./with-postgres.ts";

/** Management writes, how soon others see them, and a start with 10,000 descriptors; on an embedded PostgreSQL as it is
 * installed (durable commits). All instances are in this one process, so several share its core. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  return withPostgres(100, async (url) => ({
    name: "registry",
    figures: [
      ...(await writeFigures(await database(url, "writes1"), 1, isFull)),
      ...(await writeFigures(await database(url, "writes3"), 3, isFull)),
      ...(await propagationFigures(await database(url, "lag"), isFull)),
      ...(await loadFigures(await database(url, "load"), 10_000, isFull ? 5 : 2)),
    ],
  }));
}

/** Rounds of ours and rounds of the peer take turns, so that both meet the same machine. */
async function writeFigures(url: string, instances: number, isFull: boolean): Promise<readonly Figure[]> {
  const registries = await Promise.all(Array.from({ length: instances }, () => open(url)));
  const peers = await Promise.all(Array.from({ length: instances }, () => connect(url)));
  const writes = isFull ? 500 : 100;
  const [own, byHand]: [number[], number[]] = [[], []];
  for (let round = 0; round < (isFull ? 7 : 4); round += 1) {
    own.push(await rateOf(registries, writes, (registry, n) => putTenant(registry, `t${n}`)));
    byHand.push(await rateOf(peers, writes, (client, n) => putTenantByHand(client, `h${n}`)));
  }
  await Promise.all([
    ...registries.map((registry) => registry.close()),
    ...peers.map((client) => client.end()),
  ]);
  const rate = median(own.slice(1)); // the first round warms up
  const peer = median(byHand.slice(1));
  const of = `${instances} instance${instances === 1 ? "" : "s"}`;
  return [
    { name: `management writes, ${of}`, value: rate, unit: "writes/s", ratio: rate / peer },
    { name: `the same transaction by hand, ${of}`, value: peer, unit: "writes/s" },
  ];
}

async function rateOf<T>(
  writers: readonly T[],
  writes: number,
  write: (writer: T, n: number) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(
    writers.map(async (writer) => {
      for (let n = 0; n < writes; n += 1) await write(writer, n % 50);
    }),
  );
  return (writers.length * writes * 1000) / (performance.now() - startedAt);
}

/** What a write of one tenant takes, with nothing of the registry: the counter's row taken first, as one would by hand. In
 * tables of its own, so that the log of the registry stays whole. */
async function putTenantByHand(client: Client, id: string): Promise<void> {
  await client.query("begin");
  await client.query("select counter, history, hash from by_hand.revision for update");
  await client.query(
    `insert into by_hand.tenant (id, name, description, revision) values ($1, $2, $3, 1)
     on conflict (id) do update set name = $2, description = $3`,
    [id, String(performance.now()), null],
  );
  await client.query(
    `insert into by_hand.audit (write_id, actor, action, target, request_id, revision, outcome)
     values ($1, 'bench', 'bench.put', '', null, 1, 'changed')`,
    [randomUUID()],
  );
  await client.query(
    `with counted as (update by_hand.revision set counter = counter + 1, hash = $1 returning counter)
     insert into by_hand.change (revision, write_id, actor, action, target, ops, must_understand, previous_hash, hash)
     select counter, $2, 'bench', 'bench.put', '', $3, true, '', $1 from counted`,
    [randomUUID(), randomUUID(), JSON.stringify([{ v: 1, kind: "tenant.put", tenant: { id } }])],
  );
  await client.query("notify by_hand; commit");
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `select pg_advisory_xact_lock(1); create schema if not exists by_hand;
     create table if not exists by_hand.revision (like octavo.revision including all);
     create table if not exists by_hand.change (like octavo.change including all);
     create table if not exists by_hand.tenant (like octavo.tenant including all);
     create table if not exists by_hand.audit (like octavo.audit including all);
     insert into by_hand.revision select * from octavo.revision on conflict do nothing`,
  );
  return client;
}

/** From the answer of the writer to the snapshot of another instance; 0 where that one was faster. */
async function propagationFigures(url: string, isFull: boolean): Promise<readonly Figure[]> {
  const [writer, follower] = await Promise.all([open(url), open(url)]);
  const lags: number[] = [];
  for (let n = 0; n < (isFull ? 1000 : 200); n += 1) {
    const seen = new Promise<number>((resolve) => {
      const stop = follower.onSnapshot(() => {
        stop();
        resolve(performance.now());
      });
    });
    await putTenant(writer, `t${n % 50}`);
    const answeredAt = performance.now();
    lags.push(Math.max(0, (await seen) - answeredAt));
  }
  await Promise.all([writer.close(), follower.close()]);
  return [
    { name: "seen by another instance, p50", value: quantile(lags, 0.5), unit: "ms" },
    { name: "seen by another instance, p99", value: quantile(lags, 0.99), unit: "ms", goal: "<= 50 ms" },
  ];
}

async function loadFigures(url: string, count: number, runs: number): Promise<readonly Figure[]> {
  const writer = await open(url);
  for (let from = 0; from < count; from += 500) {
    const changes = descriptors(from, 500).map((module): Change => ({ kind: "module.added", module }));
    const written = await writer.write<never>(intent, () => ok({ changes, answer: "" }));
    if (!written.ok) throw new Error(JSON.stringify(written.error));
  }
  await writer.close();
  const [times, stalls, idle]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now();
    const loaded = await withLongestStall(() => open(url));
    const loadMs = performance.now() - startedAt;
    if (loaded.value.snapshot.modules.size !== count + 1) throw new Error("not all modules were loaded");
    await loaded.value.close();
    const rested = await withLongestStall(() => new Promise((resolve) => setTimeout(resolve, loadMs)));
    times.push(loadMs);
    stalls.push(loaded.stallMs);
    idle.push(rested.stallMs);
  }
  return [
    { name: `start with ${count} descriptors`, value: median(times), unit: "ms" },
    {
      name: `start with ${count} descriptors: longest stall`,
      value: median(stalls),
      unit: "ms",
      goal: "<= 50 ms",
    },
    { name: "longest stall of the idle loop, as long a time", value: median(idle), unit: "ms" },
  ];
}

/** The longest time for which nothing else could run, in milliseconds. What others do on this machine is in it: the idle
 * loop of the same run shows how much. */
async function withLongestStall<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly stallMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const value = await work();
  delay.disable();
  return { value, stallMs: delay.max / 1e6 };
}

/** Versions of real descriptors where there are some, else made ones of their usual length. */
function descriptors(from: number, count: number): readonly ModuleDescriptor[] {
  const real = hasFolioData
    ? readDescriptors("release-a").map(({ text }) => JSON.parse(text) as { id: string })
    : [];
  return Array.from({ length: count }, (_, offset) => {
    const n = from + offset;
    const base = real[n % Math.max(1, real.length)] ?? {
      id: "mod-sample-0",
      metadata: { padding: "x".repeat(8000) },
    };
    const id = `${base.id.replace(/-\d.*$/, "")}-0.${n}.0`;
    const json = parseJson(JSON.stringify({ ...base, id }));
    const module = json.ok ? parseModuleDescriptor(json.value) : json;
    if (!module.ok) throw new Error(`${id} is no module descriptor`);
    return module.value;
  });
}

const intent = { actor: "bench", action: "bench.put", target: "", requestId: null, idempotency: null };

async function putTenant(registry: Registry, id: string): Promise<void> {
  const tenant = { id, name: String(performance.now()), description: null };
  const written = await registry.write<never>(intent, () =>
    ok({ changes: [{ kind: "tenant.put", tenant }], answer: "" }),
  );
  if (!written.ok) throw new Error(JSON.stringify(written.error));
}

async function open(connectionString: string): Promise<Registry> {
  const internal = parseModuleDescriptor(fromPlain({ id: "okapi-7.2.0", name: "Okapi" }));
  if (!internal.ok) throw new Error(internal.error);
  const instance = { id: randomUUID(), name: null, url: "http://127.0.0.1:9130", version: "bench" };
  const opened = await openRegistry({
    connectionString,
    instance,
    internalModule: internal.value,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

async function database(adminUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`create database ${name} encoding 'UTF8' template template0`);
  await client.end();
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * part))] ?? 0;
}
