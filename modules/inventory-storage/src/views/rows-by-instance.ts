import { type ReadTransaction, sql, type Statement } from "@octavo/module-kit";

interface Row {
  readonly instance: string;
  readonly document: string;
}

/** Documents as JSON texts, by the instance that they belong to. */
export type TextsByInstance = ReadonlyMap<string, readonly string[]>;

/** What belongs to instances, one statement for all of them. */
export const belongings = {
  holdingsRecords: (ids) =>
    sql`select instanceid as instance, jsonb::text as document from holdings_record
        where instanceid = any(${ids}::uuid[]) order by id`,
  items: (ids) =>
    sql`select h.instanceid as instance, i.jsonb::text as document from holdings_record as h
        join item as i on i.holdingsrecordid = h.id where h.instanceid = any(${ids}::uuid[]) order by i.id`,
  precedingTitles: (ids) =>
    sql`select succeedinginstanceid as instance, jsonb::text as document from preceding_succeeding_title
        where succeedinginstanceid = any(${ids}::uuid[]) order by id`,
  succeedingTitles: (ids) =>
    sql`select precedinginstanceid as instance, jsonb::text as document from preceding_succeeding_title
        where precedinginstanceid = any(${ids}::uuid[]) order by id`,
  superInstanceRelationships: (ids) =>
    sql`select subinstanceid as instance, jsonb::text as document from instance_relationship
        where subinstanceid = any(${ids}::uuid[]) order by id`,
  subInstanceRelationships: (ids) =>
    sql`select superinstanceid as instance, jsonb::text as document from instance_relationship
        where superinstanceid = any(${ids}::uuid[]) order by id`,
} satisfies Readonly<Record<string, (ids: readonly string[]) => Statement>>;

export type Belonging = keyof typeof belongings;
export const BELONGINGS: readonly Belonging[] = [
  "holdingsRecords",
  "items",
  "precedingTitles",
  "succeedingTitles",
  "superInstanceRelationships",
  "subInstanceRelationships",
];

export async function textsByInstance(tx: ReadTransaction, statement: Statement): Promise<TextsByInstance> {
  const texts = new Map<string, string[]>();
  for (const { instance, document } of await tx.rows<Row>(statement)) {
    texts.set(instance, [...(texts.get(instance) ?? []), document]);
  }
  return texts;
}

/** Instances of which a holdings record is bound into an item. */
export async function boundInstances(
  tx: ReadTransaction,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ instance: string }>(
    sql`select distinct h.instanceid as instance from bound_with_part as b
        join holdings_record as h on h.id = b.holdingsrecordid where h.instanceid = any(${ids}::uuid[])`,
  );
  return new Set(rows.map(({ instance }) => instance));
}
