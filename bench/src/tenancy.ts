import { type Databases, type DatabasesOptions, openDatabases, type Placement, sql } from "@octavo/database";
import { query } from "@octavo/testing/query";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { withPostgres } from "./with-postgres.ts";
import { median, middleHalf } from "./spread.ts";
import { PlainPools } from "./tenancy/plain-pools.ts";

const MODULE = "octavo-notes";
const WORKERS = 32;
const BUDGET = 5;
const DATABASES = 50;
const ROWS = 100;

/** Many tenants through one budget of connections, beside pools written by hand that do the same transaction with the same role and path:
 * schemas of one database, and a database for each tenant. 32 requests are under way at any time; of
 * databases some are asked often and most seldom (Zipf), as libraries are. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  return withPostgres(200, async (adminUrl) => {
    const bench = new Tenancy(adminUrl, { seconds: isFull ? 5 : 1, rounds: isFull ? 5 : 3 });
    return {
      name: "tenancy",
      figures: [...(await bench.oneDatabase()), ...(await bench.databasePerTenant())],
    };
  });
}

class Tenancy {
  readonly #adminUrl: string;
  readonly #url: string;
  readonly #span: { readonly seconds: number; readonly rounds: number };

  constructor(adminUrl: string, span: { readonly seconds: number; readonly rounds: number }) {
    this.#adminUrl = adminUrl;
    const url = new URL(adminUrl);
    url.username = "octavo_bench";
    url.password = "bench";
    this.#url = url.href;
    this.#span = span;
  }

  async oneDatabase(): Promise<readonly Figure[]> {
    const tenants = names(200);
    const provisioned = await this.#open({});
    const makeS = await this.#provision(provisioned, tenants);
    await provisioned.close();
    const figures: Figure[] = [
      { name: "a tenant made in", value: (makeS * 1000) / tenants.length, unit: "ms" },
    ];
    for (const count of [1, 10, 200]) {
      const label = `${count} tenants in one database`;
      figures.push(
        ...(await this.#contest(label, inTurn(tenants.slice(0, count)), { budget: BUDGET }, BUDGET)),
      );
    }
    return figures;
  }

  async databasePerTenant(): Promise<readonly Figure[]> {
    const tenants = names(DATABASES);
    const placement: Placement = {
      default: { cluster: "main", database: "apart_{tenant}" },
      tenants: {},
      modules: {},
      pairs: [],
    };
    const provisioned = await this.#open({ placement });
    await this.#provision(provisioned, tenants);
    await provisioned.close();
    const figures: Figure[] = [];
    for (const budget of [10, DATABASES + 10]) {
      const label = `${DATABASES} databases, budget ${budget}`;
      figures.push(
        ...(await this.#contest(label, bySize(tenants), { budget, placement, waitMs: 60_000 }, 2)),
      );
    }
    return figures;
  }

  async #contest(
    label: string,
    tenants: Tenants,
    options: Partial<DatabasesOptions>,
    plainSize: number,
  ): Promise<readonly Figure[]> {
    const before = await this.#connections();
    const databases = await this.#open(options);
    const plain = new PlainPools((database) => this.#urlOf(database), plainSize);
    const db = databases.of(MODULE);
    const own = (tenantId: string, id: number) =>
      db.read({ tenantId, work: "foreground" }, (tx) => tx.row(sql`select text from note where id = ${id}`));
    const byHand = (tenantId: string, id: number) => {
      const { database, schema } = databases.place(tenantId, MODULE);
      return plain.read(database, schema, id);
    };
    const rates = { own: [] as number[], byHand: [] as number[] };
    const connections = { own: 0, byHand: 0 };
    for (let round = 0; round < this.#span.rounds; round += 1) {
      rates.own.push(await this.#rate(tenants, own));
      if (round === 0) connections.own = (await this.#connections()) - before;
      rates.byHand.push(await this.#rate(tenants, byHand));
      if (round === 0) connections.byHand = (await this.#connections()) - before - connections.own;
    }
    const { gauges } = databases;
    await databases.close();
    await plain.close();
    const value = median(rates.own);
    return [
      {
        name: label,
        value,
        unit: "reads/s",
        spread: middleHalf(rates.own),
        ratio: value / median(rates.byHand),
      },
      {
        name: `${label}: connections`,
        value: connections.own,
        unit: "",
        ratio: connections.byHand / connections.own,
      },
      { name: `${label}: sessions begun`, value: gauges.connects, unit: "" },
    ];
  }

  /** Reads a second; the first tenth of a second only warms up. */
  async #rate(tenants: Tenants, read: (tenantId: string, id: number) => Promise<unknown>): Promise<number> {
    const warmMs = 100;
    const begin = performance.now();
    const end = begin + warmMs + this.#span.seconds * 1000;
    let [turn, count] = [0, 0];
    const worker = async (): Promise<void> => {
      for (let now = begin; now < end; now = performance.now()) {
        turn += 1;
        await read(tenants(turn), turn % ROWS);
        if (now > begin + warmMs) count += 1;
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    return (count * 1000) / (performance.now() - begin - warmMs);
  }

  async #provision(databases: Databases, tenants: readonly string[]): Promise<number> {
    const { provisioner } = databases;
    if (provisioner === null) throw new Error("an admin URL was given");
    const begin = performance.now();
    for (const tenant of tenants) {
      const at = databases.place(tenant, MODULE);
      await provisioner.provision(at);
      await provisioner.tx(at, async (tx) => {
        await tx.run(sql`create table note (id int primary key, text text not null)`);
        await tx.run(
          sql`insert into note select n, 'note ' || n from generate_series(0, ${ROWS - 1}::int) n`,
        );
      });
    }
    return (performance.now() - begin) / 1000;
  }

  #open(options: Partial<DatabasesOptions>): Promise<Databases> {
    return openDatabases({ clusters: { main: { url: this.#url, adminUrl: this.#adminUrl } }, ...options });
  }

  #urlOf(database: string): string {
    const url = new URL(this.#url);
    url.pathname = `/${database}`;
    return url.href;
  }

  async #connections(): Promise<number> {
    const [row] = await query(
      this.#adminUrl,
      "select count(*)::int as n from pg_stat_activity where usename = 'octavo_bench'",
    );
    return Number(row?.["n"]);
  }
}

/** Whose the nth request is. */
type Tenants = (n: number) => string;

function inTurn(tenants: readonly string[]): Tenants {
  return (n) => tenants[n % tenants.length] ?? "";
}

/** The nth tenant an nth as often as the first. */
function bySize(tenants: readonly string[]): Tenants {
  const weights = tenants.map((_, n) => 1 / (n + 1));
  const sum = weights.reduce((a, b) => a + b);
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647; // the same requests in each run
    let rest = (state / 2_147_483_647) * sum;
    return tenants[weights.findIndex((weight) => (rest -= weight) <= 0)] ?? "";
  };
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `t${n}`);
}
