import { sql, type Transaction } from "@octavo/module-kit";
import { assert } from "@octavo/result";
import type { HridKind } from "./hrid-settings.ts";
import { sequenceOf } from "./hrid-steps.ts";

interface Drawn {
  readonly prefix: string | null;
  readonly start: string;
  readonly zeroes: boolean | null;
  readonly drawn: string;
  readonly numbers: readonly string[];
}

/** Gives each record that has no human readable id the next one of its kind: "in00000000001". */
export async function withHrids<T extends { readonly hrid?: string }>(
  tx: Transaction,
  kind: HridKind,
  records: readonly T[],
): Promise<readonly T[]> {
  const count = records.filter(isWithout).length;
  if (count === 0) return records;
  const hrids = (await drawHrids(tx, kind, count)).values();
  return records.map((record) => (isWithout(record) ? { ...record, hrid: hrids.next().value } : record));
}

function isWithout({ hrid }: { readonly hrid?: string }): boolean {
  return hrid === undefined || hrid.trim() === "";
}

async function drawHrids(tx: Transaction, kind: HridKind, count: number): Promise<readonly string[]> {
  const row = await tx.row<Drawn>(
    sql`select jsonb -> ${kind}::text ->> 'prefix' as prefix, jsonb -> ${kind}::text ->> 'startNumber' as start,
          (jsonb ->> 'commonRetainLeadingZeroes')::boolean as zeroes, base.drawn,
          array(select nextval(${sequenceOf(kind)}::regclass)::text from generate_series(1, ${count}::int)) as numbers
        from hrid_settings, hrid_base as base where base.kind = ${kind}`,
  );
  assert(row !== null, "the settings of human readable ids are there from the first migration");
  const offset = Number(row.start) - Number(row.drawn) - 1;
  return row.numbers.map((number) => {
    const digits = String(offset + Number(number));
    return `${row.prefix ?? ""}${row.zeroes === false ? digits : digits.padStart(11, "0")}`;
  });
}
