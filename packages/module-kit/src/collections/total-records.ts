import type { ReadTransaction } from "@octavo/database";
import type { CompiledQuery } from "./compiled-query.ts";

/** How the number of all that a query finds is wanted, as RMB's clients ask for it:
 * - `auto`: exact below 1,000, else what the planner thinks; a page with no rows in it (`limit=0`) asks for the exact number
 * - `exact`: counted, however many
 * - `estimated`: what the planner thinks
 * - `none`: not at all */
export type TotalRecords = "auto" | "exact" | "estimated" | "none";

/** A page of a query's rows; how many came is evidence of how many there are. */
export interface PageRead {
  readonly offset: number;
  readonly limit: number;
  readonly returned: number;
}

export interface Total {
  readonly count: number;
  readonly isEstimated: boolean;
}

/** RMB's `exactCount`, and the factor up to which it mistrusts the planner. */
const EXACT = 1000;
const TRUSTED = 4 * EXACT;

/** What the planner thinks to be done in some milliseconds (a page that is read costs 1) is counted without a watch, which takes two round
 * trips more. */
const CHEAP = 10_000;

/** Counting must not take longer than this; then the planner's number must do. */
const BUDGET_MS = { exact: 10_000, auto: 500 };

/** @returns null for "none"
 * @see RMB's README, "Estimated totalRecords"; where the page itself tells the number nothing is asked of the database */
export async function totalRecords(
  tx: ReadTransaction,
  query: CompiledQuery,
  mode: TotalRecords,
  page: PageRead,
): Promise<Total | null> {
  if (mode === "none") return null;
  const told = toldByPage(page);
  if (told !== null) return { count: told, isEstimated: false };
  if (mode === "exact" || page.limit === 0) {
    const count = await tx.within(BUDGET_MS.exact, () => counted(tx, query, null));
    if (count !== null) return { count, isEstimated: false };
  }
  const { rows: estimate, cost } = await planned(tx, query);
  const mayBeSmall = estimate <= TRUSTED && (page.returned === 0 || page.offset + page.limit < EXACT);
  const isCounted = mode === "auto" && page.limit > 0 && mayBeSmall;
  const count = isCounted ? await countedUpTo(EXACT, tx, query, cost) : null;
  if (count !== null && count < EXACT) return { count, isEstimated: false };
  const least = count === null ? 0 : EXACT;
  return { count: corrected(Math.max(estimate, least), page), isEstimated: true };
}

/** A page that is neither full nor empty ends where the rows do. */
function toldByPage({ offset, limit, returned }: PageRead): number | null {
  if (limit === 0) return null;
  if (returned === 0) return offset === 0 ? 0 : null;
  return returned < limit ? offset + returned : null;
}

function corrected(estimate: number, { offset, limit, returned }: PageRead): number {
  if (limit === 0) return estimate;
  return returned === 0 ? Math.min(estimate, offset) : Math.max(estimate, offset + returned);
}

/** @returns null when the time was over */
function countedUpTo(
  most: number,
  tx: ReadTransaction,
  query: CompiledQuery,
  cost: number,
): Promise<number | null> {
  const count = (): Promise<number> => counted(tx, query, most);
  return cost < CHEAP ? count() : tx.within(BUDGET_MS.auto, count);
}

async function counted(tx: ReadTransaction, query: CompiledQuery, most: number | null): Promise<number> {
  const row = await tx.row<{ count: string }>(query.count(most));
  return Number(row?.count ?? 0);
}

interface Plan {
  readonly "Plan Rows": number;
  readonly "Total Cost": number;
}

async function planned(tx: ReadTransaction, query: CompiledQuery): Promise<{ rows: number; cost: number }> {
  const row = await tx.row<{ "QUERY PLAN": readonly { readonly Plan: Plan }[] }>(query.plan());
  const plan = row?.["QUERY PLAN"][0]?.Plan;
  return { rows: plan?.["Plan Rows"] ?? 0, cost: plan?.["Total Cost"] ?? 0 };
}
