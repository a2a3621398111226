import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type ModuleDescriptor, parseModuleDescriptor } from "@octavo/descriptor";
import { fromPlain } from "@octavo/json";
import { type Change, openRegistry, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { TimerRunner } from "@octavo/timers";
import { Client } from "pg";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { withPostgres } from "./with-postgres.ts";

const tenants = 200;
const timersOfTenant = 35;
/** As many as run at once, so as many as a turn claims. */
const batch = 256;

/** 7,000 timers that are always due, of modules that answer at once: what claiming and writing takes. The peer writes the same
 * rows by hand, in batches as large, one after the other. On an embedded PostgreSQL as it is installed (durable commits). */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  return withPostgres(50, async (adminUrl) => ({
    name: "timers",
    figures: await figures(adminUrl, isFull),
  }));
}

async function figures(url: string, isFull: boolean): Promise<readonly Figure[]> {
  const registry = await open(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  await putTimers(registry, 1);
  const own = await ownRate(registry, client, isFull ? 20_000 : 5000);
  const peer = await rateByHand(client, isFull ? 20_000 : 5000);
  await putTimers(registry, 86_400_000);
  const idle = await idleRate(registry, client);
  await client.end();
  await registry.close();
  return [
    {
      name: `fires, ${tenants * timersOfTenant} timers`,
      value: own.rate,
      unit: "fires/s",
      ratio: own.rate / peer,
    },
    { name: "the same rows by hand", value: peer, unit: "fires/s" },
    { name: "rows written per fire", value: own.rowsPerFire, unit: "rows" },
    { name: "of these updated in place (HOT)", value: own.hotShare, unit: "x" },
    { name: "transactions per fire", value: own.commitsPerFire, unit: "commits" },
    { name: "log per fire", value: own.walPerFire, unit: "bytes" },
    { name: "transactions while nothing is due, registry and leases", value: idle, unit: "commits/s" },
  ];
}

interface Counts {
  readonly commits: number;
  readonly rows: number;
  readonly updates: number;
  readonly hot: number;
  readonly wal: number;
}

async function countsOf(client: Client): Promise<Counts> {
  await client.query("select pg_stat_force_next_flush()");
  const { rows } = await client.query<Record<keyof Counts, string>>(
    `select (select xact_commit from pg_stat_database where datname = current_database()) as commits,
       sum(n_tup_ins + n_tup_upd) as rows, sum(n_tup_upd) as updates, sum(n_tup_hot_upd) as hot,
       pg_current_wal_lsn() - '0/0'::pg_lsn as wal
     from pg_stat_user_tables where relname in ('timer', 'timer_fire')`,
  );
  const [row] = rows;
  const number = (name: keyof Counts) => Number(row?.[name] ?? 0);
  return {
    commits: number("commits"),
    rows: number("rows"),
    updates: number("updates"),
    hot: number("hot"),
    wal: number("wal"),
  };
}

async function ownRate(registry: Registry, client: Client, forMs: number) {
  const fired = { count: 0 };
  const runner = start(registry, () => (fired.count += 1));
  while (fired.count < 10_000) await delay(50); // until all timers have rows and code is warm
  const [before, from, startedAt] = [await countsOf(client), fired.count, performance.now()];
  await delay(forMs);
  const [after, until, endedAt] = [await countsOf(client), fired.count, performance.now()];
  await runner.close(5000);
  const counted = until - from;
  return {
    rate: (counted * 1000) / (endedAt - startedAt),
    rowsPerFire: (after.rows - before.rows) / counted,
    hotShare: (after.hot - before.hot) / (after.updates - before.updates),
    commitsPerFire: (after.commits - before.commits) / counted,
    walPerFire: (after.wal - before.wal) / counted,
  };
}

/** What one would write for a batch of timers: their keys first, outcomes and next due times with the batch after it. */
async function rateByHand(client: Client, forMs: number): Promise<number> {
  await client.query(
    `create table by_hand_timer (like octavo.timer including all);
     create table by_hand_fire (like octavo.timer_fire including all);
     insert into by_hand_timer select * from octavo.timer`,
  );
  const { rows } = await client.query<{ tenant_id: string; timer_id: string }>(
    "select tenant_id, timer_id from by_hand_timer order by 1, 2",
  );
  const startedAt = performance.now();
  let fires = 0;
  let ended: { tenant_id: string; timer_id: string; due: string }[] = [];
  while (performance.now() - startedAt < forMs) {
    const due = new Date().toISOString();
    const at = fires % rows.length;
    const begun = [...rows, ...rows].slice(at, at + batch).map((row) => ({ ...row, due }));
    await client.query("begin");
    await client.query("select name from octavo.lease for share");
    await client.query(
      `with ended as (select * from json_to_recordset($1) as ended (tenant_id text, timer_id text, due timestamptz)),
       fires as (update by_hand_fire fire set ended_at = $2, outcome = 'succeeded', status = 200 from ended
         where fire.tenant_id = ended.tenant_id and fire.timer_id = ended.timer_id and fire.due = ended.due)
       update by_hand_timer timer set next_due = $2, last_ended_at = $2, last_outcome = 'succeeded' from ended
       where timer.tenant_id = ended.tenant_id and timer.timer_id = ended.timer_id`,
      [JSON.stringify(ended), due],
    );
    await client.query(
      `insert into by_hand_fire (tenant_id, timer_id, due, module_id, instance_id, epoch, claimed_at)
       select tenant_id, timer_id, due, 'mod-timers-1.0.0', gen_random_uuid(), 1, due
       from json_to_recordset($1) as begun (tenant_id text, timer_id text, due timestamptz)`,
      [JSON.stringify(begun)],
    );
    await client.query("commit");
    ended = begun;
    fires += begun.length;
  }
  return (fires * 1000) / (performance.now() - startedAt);
}

async function idleRate(registry: Registry, client: Client): Promise<number> {
  const runner = start(registry, () => 0);
  await delay(3000); // groups are taken, rows are written
  const [before, startedAt] = [await countsOf(client), performance.now()];
  await delay(5000);
  const after = await countsOf(client);
  const seconds = (performance.now() - startedAt) / 1000;
  await runner.close(1000);
  return (after.commits - before.commits) / seconds;
}

function start(registry: Registry, onFired: () => void): TimerRunner {
  return new TimerRunner({
    registry,
    instanceId: randomUUID(),
    call: async () => ({ outcome: "succeeded", status: 200, message: null }),
    onFired,
    onProblem: (because) => console.error(because),
    limits: { perModuleOfTenant: batch, perTenant: batch, perModule: batch, inAll: batch },
  });
}

async function putTimers(registry: Registry, delayMs: number): Promise<void> {
  const handlers = Array.from({ length: timersOfTenant }, (_, at) => ({
    methods: ["POST"],
    pathPattern: `/timer/${at}`,
    unit: "millisecond",
    delay: String(delayMs),
  }));
  const id = `mod-timers-${delayMs}.0.0`;
  const provides = [{ id: "_timer", version: "1.0", interfaceType: "system", handlers }];
  const enabled = Array.from({ length: tenants }, (_, n): Change[] => [
    { kind: "tenant.put", tenant: { id: `t${n}`, name: null, description: null } },
    {
      kind: "tenant.modules",
      tenantId: `t${n}`,
      enable: [id],
      disable: delayMs === 1 ? [] : ["mod-timers-1.0.0"],
    },
  ]);
  const changes: Change[] = [
    { kind: "module.added", module: descriptorOf({ id, provides }) },
    ...enabled.flat(),
  ];
  const intent = { actor: "bench", action: "bench.put", target: "", requestId: null, idempotency: null };
  const written = await registry.write<never>(intent, () => ok({ changes, answer: "" }));
  if (!written.ok) throw new Error(JSON.stringify(written.error));
}

async function open(url: string): Promise<Registry> {
  const opened = await openRegistry({
    connectionString: url,
    instance: { id: randomUUID(), name: null, url: "http://127.0.0.1:9130", version: "0.1.0" },
    internalModule: descriptorOf({ id: "okapi-7.2.0" }),
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

function descriptorOf(plain: object): ModuleDescriptor {
  const parsed = parseModuleDescriptor(fromPlain(plain));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
