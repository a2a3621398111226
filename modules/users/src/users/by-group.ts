import { groups } from "../groups/groups.ts";
import type { ReadTransaction, Search, SearchResult } from "@octavo/module-kit";
import { type User, userRecords } from "./user-records.ts";

/** A query that wants users by the names of their groups first. */
export interface ByGroup {
  /** Without the sorting. */
  readonly where: string;
  readonly isDescending: boolean;
  /** Keys behind it: within a group. */
  readonly rest: string;
}

/** `... sortby patronGroup.group personal.lastName`; null where nothing of the kind is asked for. */
export function byGroupOf(query: string): ByGroup | null {
  // What is quoted cannot be what is looked for: it is covered in its length.
  const plain = query.replaceAll(/"(?:[^"\\]|\\.)*"/gu, (quoted) => "_".repeat(quoted.length));
  const [sort] = [...plain.matchAll(/\ssortby\s+/giu)].slice(-1);
  if (sort === undefined) return null;
  const keys = query.slice(sort.index + sort[0].length);
  const [first, order] = /^patronGroup\.group(?:\/sort\.(ascending|descending))?(?=\s|$)/iu.exec(keys) ?? [];
  if (first === undefined) return null;
  return {
    where: query.slice(0, sort.index),
    isDescending: order?.toLowerCase() === "descending",
    rest: keys.slice(first.length).trim(),
  };
}

/** A page of users, group by group; those of no group last, or first where descending. A library has few groups: each is asked as it comes. */
export async function searchByGroup(
  tx: ReadTransaction,
  { where, isDescending, rest }: ByGroup,
  { offset, limit, totalRecords }: Search,
): Promise<SearchResult<User>> {
  const { total } = await userRecords.search(tx, { query: where, offset: 0, limit: 1, totalRecords });
  const documents: User[] = [];
  let toSkip = offset;
  for (const condition of await conditions(tx, isDescending)) {
    if (documents.length === limit) break;
    const query = `(${where}) ${condition}${rest === "" ? "" : ` sortby ${rest}`}`;
    const page = { query, offset: toSkip, limit: limit - documents.length, totalRecords: "none" as const };
    const found = await userRecords.search(tx, page);
    documents.push(...found.documents);
    if (toSkip > 0 && found.documents.length === 0) toSkip -= await countOf(tx, query);
    else toSkip = 0;
  }
  return { documents, total };
}

/** One for each group, and one for those who have none. */
async function conditions(tx: ReadTransaction, isDescending: boolean): Promise<readonly string[]> {
  const all = {
    query: "cql.allRecords=1 sortby group",
    offset: 0,
    limit: 10_000,
    totalRecords: "none" as const,
  };
  const { documents } = await groups.search(tx, all);
  const ascending = [...documents.map(({ id }) => `and patronGroup==${id}`), 'not patronGroup=""'];
  return isDescending ? ascending.toReversed() : ascending;
}

async function countOf(tx: ReadTransaction, query: string): Promise<number> {
  const { total } = await userRecords.search(tx, { query, offset: 0, limit: 0, totalRecords: "exact" });
  return total?.count ?? 0;
}
