import type { Client } from "pg";
import type { Figure } from "../bench-result.ts";
import type { Kind } from "./loading.ts";

const MIB = 1024 ** 2;

/** What the records take on disk, and how much of it is indexes; events stand beside them. */
export async function sizeFigures(
  admin: Client,
  schema: string,
  kinds: readonly Kind[],
): Promise<readonly Figure[]> {
  const bytesOf = async (what: "pg_indexes_size" | "pg_total_relation_size", table: string) => {
    const { rows } = await admin.query<{ bytes: string }>(`select ${what}($1::regclass) as bytes`, [
      `"${schema}".${table}`,
    ]);
    return Number(rows[0]?.bytes);
  };
  const sizes: { table: string; rows: number; total: number; indexes: number }[] = [];
  for (const { table, rows } of kinds) {
    const total = await bytesOf("pg_total_relation_size", table);
    sizes.push({ table, rows, total, indexes: await bytesOf("pg_indexes_size", table) });
  }
  const sum = (of: "total" | "indexes"): number => sizes.reduce((all, each) => all + each[of], 0);
  return [
    { name: "size of the records", value: sum("total") / MIB, unit: "MiB" },
    { name: "of these indexes", value: (100 * sum("indexes")) / sum("total"), unit: "%" },
    ...sizes.map(({ table, rows, indexes, total }) => ({
      name: `size of ${table}, a row (${Math.round((100 * indexes) / total)} % indexes)`,
      value: total / rows,
      unit: "bytes",
    })),
    {
      name: "size of their events",
      value: (await bytesOf("pg_total_relation_size", "octavo_event")) / MIB,
      unit: "MiB",
    },
  ];
}
