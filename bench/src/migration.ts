import { setTimeout as delay } from "node:timers/promises";
import { type Databases, openDatabases, type Place, type Provisioner, sql } from "@octavo/database";
import {
  backfill,
  expand,
  expandIndex,
  noRows,
  notNull,
  openMigrator,
  type Release,
  verify,
} from "@octavo/migrations";
import { Client } from "pg";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { loginUrlOf } from "./contest/filled-database.ts";
import { withPostgres } from "./with-postgres.ts";
import { quantile } from "./spread.ts";

const tenantId = "bench";
const moduleName = "octavo-loans";
/** Requests are begun at this pace, whatever they take: those that wait are counted with their waiting. */
const REQUESTS_A_SECOND = 100;

const loans = expand("loans", "create table loan (id uuid primary key, jsonb jsonb not null)");
const first: Release = { version: "octavo-loans-1.0.0", steps: [loans] };
const second: Release = {
  version: "octavo-loans-2.0.0",
  steps: [
    loans,
    expand("due date", "alter table loan add column due timestamptz"),
    backfill("due dates", {
      table: "loan",
      remaining: sql`due is null`,
      each: (rows) => sql`update loan set due = (jsonb ->> 'due')::timestamptz where ${rows}`,
    }),
    expandIndex("by due date", { name: "loan_due", definition: "loan_due ON loan USING btree (due, id)" }),
    verify("all are due", noRows(sql`select id from loan where due is null`), notNull("loan", "due")),
  ],
};

/** A column, filled by a backfill, indexed and made NOT NULL, of 100,000 documents (full: 1,000,000), while reads and writes come in at an
 * even pace. Beside the same pace on the same rows with nothing else going on; the peer does it as one would by hand, in one transaction.
 * On an embedded PostgreSQL as it is installed (durable commits). */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  return withPostgres(50, async (adminUrl) => {
    const databases = await openDatabases({ clusters: { main: { url: loginUrlOf(adminUrl), adminUrl } } });
    const admin = new Client({ connectionString: adminUrl });
    await admin.connect();
    try {
      return { name: "migration", figures: await figures(databases, admin, isFull ? 1_000_000 : 100_000) };
    } finally {
      await admin.end();
      await databases.close();
    }
  });
}

async function figures(databases: Databases, admin: Client, rows: number): Promise<readonly Figure[]> {
  const { provisioner } = databases;
  if (provisioner === null) throw new Error("an admin URL was given");
  const place = databases.place(tenantId, moduleName);
  const stepMs = new Map<string, number>();
  let begun = performance.now();
  const migrator = openMigrator({
    provisioner,
    instanceId: "bench",
    onEvent: ({ stepId, what }) => {
      if (what !== "done") return;
      stepMs.set(stepId, performance.now() - begun);
      begun = performance.now();
    },
  });
  must(await migrator.migrate(place, first, { from: null }));
  await fill(provisioner, place, rows);
  await admin.query("checkpoint");

  const serving = (work: () => Promise<unknown>) => whileServing(databases, admin, rows, work);
  await serving(() => delay(2000)); // code and caches are warm
  const idle = await serving(() => delay(10_000));
  const preflight = must(await migrator.preflight(place, second));
  begun = performance.now();
  const own = await serving(async () => must(await migrator.migrate(place, second, { from: first.version })));
  // The same rows as they were before, in a table that is as new.
  await fillAnew(provisioner, place, rows);
  await admin.query("checkpoint");
  const peer = await serving(() => byHand(provisioner, place));

  const p99 = ({ latencies }: Served): number => quantile(latencies, 0.99);
  const longest = ({ latencies }: Served): number => Math.max(...latencies);
  const backfillMs = stepMs.get("due dates") ?? Number.NaN;
  return [
    { name: "requests with nothing beside them, p99", value: p99(idle), unit: "ms" },
    {
      name: `beside the migration of ${rows} rows, p99`,
      value: p99(own),
      unit: "ms",
      ratio: p99(peer) / p99(own),
    },
    { name: "the same, times the idle one", value: p99(own) / p99(idle), unit: "x" },
    { name: "the same, longest", value: longest(own), unit: "ms", ratio: longest(peer) / longest(own) },
    { name: "beside one transaction by hand, p99", value: p99(peer), unit: "ms" },
    { name: "the same, longest", value: longest(peer), unit: "ms" },
    { name: "requests that failed beside the migration", value: own.failed, unit: "requests" },
    { name: "requests that failed beside it by hand", value: peer.failed, unit: "requests" },
    { name: "migration", value: own.ms / 1000, unit: "s", ratio: peer.ms / own.ms },
    { name: "predicted by its preflight", value: preflight.predictedSeconds, unit: "s" },
    { name: "backfill", value: (rows * 1000) / backfillMs, unit: "rows/s" },
    { name: "index", value: (rows * 1000) / (stepMs.get("by due date") ?? Number.NaN), unit: "rows/s" },
    {
      name: "log per row, requests included",
      value: own.wal / rows,
      unit: "bytes",
      ratio: peer.wal / own.wal,
    },
  ];
}

interface Served {
  readonly latencies: readonly number[];
  readonly failed: number;
  readonly ms: number;
  readonly wal: number;
}

/** Requests at an even pace until `work` is done: one in four writes a row, the others read one. */
async function whileServing(
  databases: Databases,
  admin: Client,
  rows: number,
  work: () => Promise<unknown>,
): Promise<Served> {
  const database = databases.of(moduleName);
  const latencies: number[] = [];
  let failed = 0;
  const request = async (n: number): Promise<void> => {
    const dueAt = performance.now();
    const key = sql`md5(${String(1 + ((n * 7919) % rows))})::uuid`;
    const context = { tenantId, work: "foreground" as const };
    try {
      await (n % 4 === 0
        ? database.tx(context, (tx) =>
            tx.run(sql`update loan set jsonb = jsonb || '{"seen": true}' where id = ${key}`),
          )
        : database.read(context, (tx) => tx.row(sql`select jsonb from loan where id = ${key}`)));
    } catch {
      failed += 1;
    }
    latencies.push(performance.now() - dueAt);
  };
  const [before, startedAt] = [await walOf(admin), performance.now()];
  const ended = { is: false };
  const working = work().finally(() => {
    ended.is = true;
  });
  const requests: Promise<void>[] = [];
  for (let n = 0; !ended.is; n += 1) {
    const dueIn = startedAt + (n * 1000) / REQUESTS_A_SECOND - performance.now();
    if (dueIn > 0) await delay(dueIn);
    requests.push(request(n));
  }
  await working;
  const ms = performance.now() - startedAt;
  await Promise.all(requests);
  return { latencies, failed, ms, wal: (await walOf(admin)) - before };
}

async function walOf(admin: Client): Promise<number> {
  const { rows } = await admin.query<{ wal: string }>("select pg_current_wal_lsn() - '0/0'::pg_lsn as wal");
  return Number(rows[0]?.wal);
}

async function fill(provisioner: Provisioner, place: Place, rows: number): Promise<void> {
  await provisioner.tx(place, (tx) =>
    tx.run(sql`insert into loan (id, jsonb) select md5(n::text)::uuid, jsonb_build_object('id', md5(n::text)::uuid, 'userId', md5((n % 5000)::text)::uuid,
        'status', jsonb_build_object('name', 'Open'), 'due', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 minute', 'note', repeat('x', 300))
      from generate_series(1, ${rows}::int) n`),
  );
  await provisioner.run(place, sql`vacuum analyze loan`);
}

async function fillAnew(provisioner: Provisioner, place: Place, rows: number): Promise<void> {
  await provisioner.tx(place, async (tx) => {
    await tx.run(sql`drop table loan`);
    await tx.run(sql`create table loan (id uuid primary key, jsonb jsonb not null)`);
  });
  await fill(provisioner, place, rows);
}

/** As a script that is run after an upgrade does it. */
async function byHand(provisioner: Provisioner, place: Place): Promise<void> {
  await provisioner.tx(place, async (tx) => {
    await tx.run(sql`alter table loan add column due timestamptz`);
    await tx.run(sql`update loan set due = (jsonb ->> 'due')::timestamptz`);
    await tx.run(sql`create index loan_due on loan (due, id)`);
    await tx.run(sql`alter table loan alter column due set not null`);
  });
}

function must<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly message: string } },
): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
