import {
  badRequest,
  type Calls,
  cql,
  oneOf,
  passedOn,
  type Static,
  type TSchema,
  Type,
} from "@octavo/module-kit";
import { fewAtOnce } from "./few-at-once.ts";

/** A list of the inventory storage, and what is looked at of its rows; the rest of a row is kept. */
export interface StorageList<Schema extends TSchema> {
  readonly path: string;
  readonly listName: string;
  readonly row: Schema;
}

const open = { additionalProperties: true };
const Text = Type.Optional(Type.String());
const Identifiers = Type.Optional(Type.Array(Type.Unknown()));
const Named = Type.Object({ id: Type.String(), name: Type.String() }, open);

export const StoredItem = Type.Object(
  {
    id: Type.String(),
    hrid: Text,
    barcode: Text,
    holdingsRecordId: Type.String(),
    materialTypeId: Text,
    permanentLoanTypeId: Text,
    temporaryLoanTypeId: Text,
    permanentLocationId: Text,
    temporaryLocationId: Text,
    effectiveLocationId: Text,
    status: Type.Object({ name: Type.String(), date: Text }, open),
    circulationNotes: Type.Optional(Type.Array(Type.Object({ id: Text }, open))),
  },
  open,
);
export type StoredItem = Static<typeof StoredItem> & Readonly<Record<string, unknown>>;

export const StoredInstance = Type.Object(
  {
    id: Type.String(),
    hrid: Text,
    title: Text,
    source: Text,
    contributors: Type.Optional(Type.Array(Type.Object({ name: Text }, open))),
    identifiers: Identifiers,
    discoverySuppress: Type.Optional(Type.Boolean()),
  },
  open,
);
export type StoredInstance = Static<typeof StoredInstance> & Readonly<Record<string, unknown>>;

export const storageLists = {
  items: { path: "/item-storage/items", listName: "items", row: StoredItem },
  holdings: {
    path: "/holdings-storage/holdings",
    listName: "holdingsRecords",
    row: Type.Object({ id: Type.String(), instanceId: Type.String(), hrid: Text, callNumber: Text }, open),
  },
  instances: { path: "/instance-storage/instances", listName: "instances", row: StoredInstance },
  materialTypes: { path: "/material-types", listName: "mtypes", row: Named },
  loanTypes: { path: "/loan-types", listName: "loantypes", row: Named },
  locations: { path: "/locations", listName: "locations", row: Named },
  boundWithParts: {
    path: "/inventory-storage/bound-with-parts",
    listName: "boundWithParts",
    row: Type.Object({ id: Type.String(), itemId: Type.String(), holdingsRecordId: Type.String() }, open),
  },
  relationships: {
    path: "/instance-storage/instance-relationships",
    listName: "instanceRelationships",
    row: Type.Object({
      id: Type.String(),
      superInstanceId: Type.String(),
      subInstanceId: Type.String(),
      instanceRelationshipTypeId: Type.String(),
    }),
  },
  titles: {
    path: "/preceding-succeeding-titles",
    listName: "precedingSucceedingTitles",
    row: Type.Object({
      id: Type.String(),
      precedingInstanceId: Text,
      succeedingInstanceId: Text,
      title: Text,
      hrid: Text,
      identifiers: Identifiers,
    }),
  },
} as const satisfies Readonly<Record<string, StorageList<TSchema>>>;

/** Ids that one query names: what fits an address line everywhere. */
const IDS_AT_ONCE = 50;
const ROWS_AT_ONCE = 1000;
const CALLS_AT_ONCE = 4;

/** Rows whose `field` is one of these: one call for fifty values, and one more for each thousand rows that they have.
 * @throws Refusal where storage cannot be read: a list is not given in part */
export async function rowsWhere<Schema extends TSchema>(
  calls: Calls,
  list: StorageList<Schema>,
  field: string,
  values: Iterable<string | undefined>,
): Promise<readonly Static<Schema>[]> {
  const distinct = [...new Set(values)].filter((value) => value !== undefined);
  const chunks = Array.from({ length: Math.ceil(distinct.length / IDS_AT_ONCE) }, (_, n) =>
    distinct.slice(n * IDS_AT_ONCE, (n + 1) * IDS_AT_ONCE),
  );
  const read = await fewAtOnce(chunks, CALLS_AT_ONCE, async (some) => {
    const limit = field === "id" ? IDS_AT_ONCE : ROWS_AT_ONCE;
    const found: Static<Schema>[] = [];
    for (let offset = 0; ; offset += limit) {
      const { rows } = await readPage(calls, list, { query: cql(oneOf(field, some), "id"), limit, offset });
      found.push(...rows);
      if (field === "id" || rows.length < limit) return found;
    }
  });
  return read.flat();
}

/** The same by their ids.
 * @returns what is there; ids in lower case */
export async function rowsById<Schema extends TSchema>(
  calls: Calls,
  list: StorageList<Schema>,
  ids: Iterable<string | undefined>,
): Promise<ReadonlyMap<string, Static<Schema>>> {
  const rows = await rowsWhere(calls, list, "id", ids);
  return new Map(rows.map((row) => [(row as { readonly id: string }).id, row])); // as: each list's rows have one
}

export interface PageQuery {
  readonly query?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** One page as storage has it.
 * @throws Refusal as storage refuses it */
export async function readPage<Schema extends TSchema>(
  calls: Calls,
  { path, listName, row }: StorageList<Schema>,
  { query, limit, offset }: PageQuery,
): Promise<{ readonly rows: readonly Static<Schema>[]; readonly totalRecords: number }> {
  const found = await calls.send({
    method: "GET",
    path,
    query: { limit, offset, ...(query !== undefined && { query }) },
    answer: Type.Object({ [listName]: Type.Array(row), totalRecords: Type.Integer() }),
  });
  if (!found.ok) throw passedOn(found.error, "inventory-storage");
  // as: the answer was checked by the schema above, whose name the compiler does not know
  const body = found.value.body as Readonly<Record<string, unknown>> & { readonly totalRecords: number };
  const rows = body[listName] as readonly Static<Schema>[];
  return { rows: rows.map(withLowerCaseIds), totalRecords: body.totalRecords };
}

/** What is composed at once, and held in memory. */
const MOST_ROWS = 10_000;

/** A page as a client asks for it. "All there are" is a limit, too: it is no mistake as long as there are few.
 * @throws Refusal 400 where that is more than a page may have; as storage refuses it */
export async function readList<Schema extends TSchema>(
  calls: Calls,
  list: StorageList<Schema>,
  { limit, ...asked }: PageQuery,
): Promise<{ readonly rows: readonly Static<Schema>[]; readonly totalRecords: number }> {
  const page = await readPage(calls, list, { ...asked, limit: Math.min(limit, MOST_ROWS + 1) });
  if (page.rows.length <= MOST_ROWS) return page;
  throw badRequest(`A page has ${MOST_ROWS} records at most; ask for them one after another, with offset`);
}

/** @returns null where there is none
 * @throws Refusal as storage refuses it */
export async function readRow<Schema extends TSchema>(
  calls: Calls,
  { path, row }: StorageList<Schema>,
  id: string,
): Promise<Static<Schema> | null> {
  const found = await calls.send({ method: "GET", path: `${path}/${encodeURIComponent(id)}`, answer: row });
  if (found.ok) return withLowerCaseIds(found.value.body);
  const refusal = passedOn(found.error, "inventory-storage");
  if (refusal.status === 404) return null;
  throw refusal;
}

/** References are kept as clients sent them, whatever their case; ids are not. So that both are found by each other. */
export function withLowerCaseIds<Row>(row: Row): Row {
  if (row === null || typeof row !== "object") return row;
  const fields = Object.entries(row).map(([field, value]: [string, unknown]) => {
    const isId = (field === "id" || field.endsWith("Id")) && typeof value === "string";
    return [field, isId ? value.toLowerCase() : value] as const;
  });
  return Object.fromEntries(fields) as Row; // as: only the case of texts has changed
}
