import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { collections, type QueryPlan, type Search } from "@octavo/module-kit";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { ByHand, type Written } from "./contest/by-hand.ts";
import { type Contest, contestFigures, reading } from "./contest/contest.ts";
import { fillDatabase, type FilledDatabase, fillTable, tenant } from "./contest/filled-database.ts";
import { withPostgres } from "./with-postgres.ts";
import { instance, instanceId, instances, instanceTypes, typeId, types } from "./storage/instances.ts";

/** Collections beside SQL written by hand: in the same transaction, with the same role, path, indexes and driver, each through one
 * connection. Documents are read as objects on both sides. On an embedded PostgreSQL as it is installed (durable commits).
 * OCTAVO_BENCH_ROWS says how many instances there are. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  const rows = Number(process.env["OCTAVO_BENCH_ROWS"] ?? (isFull ? 1_000_000 : 100_000));
  return withPostgres(20, async (adminUrl) => {
    const startedAt = performance.now();
    const filled = await fillDatabase(adminUrl, {
      moduleName: "octavo-bench",
      steps: collections(instanceTypes, instances).steps ?? [],
      tables: ["instance"],
      fill: async (db) => {
        await db.tx(tenant, (tx) => instanceTypes.upsert(tx, types, { userId: null }, "all"));
        await fillTable(db, "instance", rows, (n) => ({ ...instance(n), _version: 1 }));
      },
    });
    const fillS = (performance.now() - startedAt) / 1000;
    const byHand = await ByHand.open(filled);
    const figures = [
      { name: "instances", value: rows, unit: "rows" },
      { name: "made, with their indexes, in", value: fillS, unit: "s" },
      ...(await contestFigures(contests(filled, byHand, rows), isFull)),
      ...(await bufferFigures(filled, rows)),
      ...(await streamFigures(filled)),
    ];
    await byHand.close();
    await filled.databases.close();
    return { name: "storage", figures };
  });
}

const EXACT = `(left(octavo_norm_v1((t.jsonb ->> 'title')), 600) collate "C")`;
const PAGE = "select t.jsonb from instance as t where";
const userId = "00000000-0000-4000-8000-000000000001";

function contests({ db }: FilledDatabase, hand: ByHand, rows: number): readonly Contest[] {
  const search = (query: string, more: Partial<Search> = {}) =>
    db.read(tenant, (tx) =>
      instances.search(tx, { query, offset: 0, limit: 10, totalRecords: "none", ...more }),
    );
  const pick = (n: number): number => (n * 7919) % rows;
  const metadata = (): object => {
    const at = new Date().toISOString().replace("Z", "+00:00");
    return { createdDate: at, createdByUserId: userId, updatedDate: at, updatedByUserId: userId };
  };
  const versions = new Map<string, number>();
  const version = (id: string): number => versions.get(id) ?? 1;
  return [
    reading({
      name: "get",
      own: (n) => db.read(tenant, (tx) => instances.get(tx, instanceId(pick(n)))),
      byHand: (n) => hand.read([["select jsonb from instance where id = $1", [instanceId(pick(n))]]]),
    }),
    reading({
      name: "search, exact",
      own: (n) => search(`title=="${instance(pick(n)).title}"`),
      byHand: (n) =>
        hand.read([[`${PAGE} ${EXACT} = $1 order by t.id limit $2`, [instance(pick(n)).title, 10]]]),
    }),
    reading({
      name: "search, prefix",
      own: (n) => search(`hrid==in${String(pick(n)).padStart(11, "0").slice(0, 10)}*`),
      byHand: (n) => {
        const prefix = `in${String(pick(n)).padStart(11, "0").slice(0, 10)}`;
        const key = `(left(octavo_norm_v1((t.jsonb ->> 'hrid')), 600) collate "C")`;
        const statement = `${PAGE} ${key} >= $1 and ${key} < $2 order by t.id limit $3`;
        return hand.read([[statement, [prefix, `${prefix}:`, 10]]]);
      },
    }),
    reading({
      name: "search, words",
      own: (n) => search(`title all "${titleWords(pick(n))}"`),
      byHand: (n) => {
        const [one = "", two = ""] = titleWords(pick(n)).split(" ");
        const words = "octavo_words_v1((t.jsonb ->> 'title')) @@ $1::tsquery";
        return hand.read([[`${PAGE} ${words} order by t.id limit $2`, [`'${one}' & '${two}'`, 10]]]);
      },
    }),
    reading({
      name: "search, foreign key",
      own: (n) => search(`instanceTypeId==${typeId(n)}`),
      byHand: (n) => hand.read([[`${PAGE} t.instancetypeid = $1 order by t.id limit $2`, [typeId(n), 10]]]),
    }),
    reading({
      name: "sorted page",
      own: (n) => search(`title>="${titleWords(pick(n))}" sortby title`),
      byHand: (n) =>
        hand.read([[`${PAGE} ${EXACT} >= $1 order by ${EXACT}, t.id limit $2`, [titleWords(pick(n)), 10]]]),
    }),
    reading({
      name: "search with its number",
      own: (n) => search(`instanceTypeId==${typeId(n)}`, { totalRecords: "auto" }),
      byHand: (n) => {
        const where = "t.instancetypeid = $1";
        const counted = `select count(*) from (select from instance as t where ${where} limit 1000) as c`;
        const page: Written = [`${PAGE} ${where} order by t.id limit $2`, [typeId(n), 10]];
        return hand.read([
          page,
          [`explain select from instance as t where ${where}`, [typeId(n)]],
          [counted, [typeId(n)]],
        ]);
      },
    }),
    {
      name: "create",
      goal: "<= 1.5",
      isReading: false,
      own: (n) => db.tx(tenant, (tx) => instances.create(tx, instance(rows + n), { userId })),
      byHand: (n) => {
        const document = { ...instance(rows + n), metadata: metadata(), _version: 1 };
        const insert = "insert into instance (id, jsonb) values ($1, $2)";
        return hand.write([[insert, [document.id, JSON.stringify(document)]]]);
      },
    },
    {
      name: "update",
      goal: "<= 1.5",
      isReading: false,
      own: async (n) => {
        const document = { ...instance(pick(n)), source: "FOLIO" };
        const { id } = document;
        const replaced = { ...document, _version: version(id) };
        await db.tx(tenant, (tx) => instances.replace(tx, id, replaced, { userId }));
        versions.set(id, version(id) + 1);
      },
      byHand: async (n) => {
        const document = { ...instance(pick(n)), source: "FOLIO", metadata: metadata() };
        const { id } = document;
        const values = [id, JSON.stringify({ ...document, _version: version(id) + 1 }), version(id)];
        const update = "update instance set jsonb = $2 where id = $1 and (jsonb ->> '_version')::int = $3";
        await hand.write([[update, values]]);
        versions.set(id, version(id) + 1);
      },
    },
  ];
}

/** Two words that stand in that title, so that something is found. */
function titleWords(n: number): string {
  return instance(n).title.split(" ").slice(0, 2).join(" ");
}

/** Pages of PostgreSQL (8 KiB) that one page of ten documents touches. */
async function bufferFigures({ db }: FilledDatabase, rows: number): Promise<readonly Figure[]> {
  const touched = async (query: string, offset = 0): Promise<number> => {
    const search: Search = { query, offset, limit: 10, totalRecords: "none" };
    const plan: QueryPlan = await db.read(tenant, (tx) => instances.explain(tx, search));
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
  };
  const { title } = instance(rows / 2);
  const wanted: readonly [string, string, number?][] = [
    ["exact", `title=="${title}"`],
    ["prefix", "hrid==in0000000001*"],
    ["words", `title all "${titleWords(rows / 2)}"`],
    ["foreign key", `instanceTypeId==${typeId(7)}`],
    ["first sorted page", "cql.allRecords=1 sortby title"],
    ["sorted page from the middle, by its place", `title>="${title}" sortby title`],
    ["sorted page from the middle, by offset", "cql.allRecords=1 sortby title", rows / 2],
  ];
  const figures: Figure[] = [];
  for (const [name, query, offset] of wanted) {
    figures.push({ name: `buffers of a page: ${name}`, value: await touched(query, offset), unit: "pages" });
  }
  return figures;
}

/** All documents as a list's texts. The heap is looked at after collecting garbage. */
async function streamFigures({ db }: FilledDatabase): Promise<readonly Figure[]> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // as: what the flag gives
  const heapMiB = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 1024 ** 2;
  };
  const before = heapMiB();
  let [rows, characters, most] = [0, 0, 0];
  const startedAt = performance.now();
  await db.read(tenant, async (tx) => {
    const all: Search = { query: null, offset: 0, limit: 2_147_483_647, totalRecords: "none" };
    for await (const document of instances.searchTexts(tx, all).documents) {
      rows += 1;
      characters += document.length;
      if (rows % 20_000 === 0) most = Math.max(most, heapMiB() - before);
    }
  });
  const seconds = (performance.now() - startedAt) / 1000;
  return [
    { name: "streamed list", value: rows / seconds, unit: "rows/s" },
    { name: "streamed list, text", value: characters / 1e6 / seconds, unit: "MB/s" },
    { name: "streamed list: heap above the start", value: most, unit: "MiB" },
  ];
}
