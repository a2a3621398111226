import { name, type Statement, sql, type Transaction } from "@octavo/database";
import { assert } from "@octavo/result";
import { beginStep, endStep, writeProgress } from "../ledger/ledger.ts";
import type { AddedObject } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import { tableOfIndex } from "../steps/table-of-index.ts";
import type { IndexDefinition, IndexStep } from "../steps/step.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { dropAside, indexesAside, putIndexAside } from "./put-index-aside.ts";
import { isLockRefusal, sqlStateOf } from "./sql-state.ts";

const LOOK_AGAIN_MS = 500;
const BUILDS = 5;
const IS_THERE = "42P07";

/** Builds an index beside readers and writers. Each round looks first at what is there: nothing, an INVALID one of an attempt before, one
 * that the server is still building for a holder that was killed, or the index. */
export async function runIndex(at: LeasedPlace, planned: PlannedStep, step: IndexStep): Promise<void> {
  const { id } = step;
  const added = await at.tx((tx) => begin(tx, at, planned, step));
  at.tell({ stepId: id, what: "begun" });
  const startedAt = performance.now();
  for (let builds = 1; ;) {
    const found = await look(at, step, { added, startedAt });
    for (const index of found.aside) await at.long(dropAside(index));
    if (found.is === "done") return;
    if (found.is === "building") {
      at.tell({ stepId: id, what: "wait" });
      await at.pause(id, LOOK_AGAIN_MS);
    } else if (found.is === "missing") {
      await build(at, step, builds === BUILDS);
      builds += 1;
      at.tell({ stepId: id, what: "part" });
    }
  }
}

async function begin(
  tx: Transaction,
  at: LeasedPlace,
  planned: PlannedStep,
  { id, index }: IndexStep,
): Promise<readonly AddedObject[]> {
  const progress = await beginStep(tx, at.lease, at.version, planned);
  if (progress.added !== undefined) return progress.added;
  const { isValid } = await indexState(tx, index);
  const added = isValid === null ? [{ kind: "index" as const, name: index.name }] : [];
  await writeProgress(tx, id, { added });
  return added;
}

interface Found {
  readonly is: "done" | "building" | "invalid" | "missing";
  /** To be dropped. */
  readonly aside: readonly string[];
}

/** An index that is there ends the step; an INVALID one is put aside. One on an empty table is made at once: nobody waits for it, where a
 * concurrent build would wait for the transactions of everybody. */
async function look(
  at: LeasedPlace,
  { id, index }: IndexStep,
  { added, startedAt }: { readonly added: readonly AddedObject[]; readonly startedAt: number },
): Promise<Found> {
  return at.withoutQueue(id, () =>
    at.tx(async (tx) => {
      const state = await indexState(tx, index);
      if (state.isBuilding) return { is: "building", aside: [] };
      if (state.isValid === false) await putIndexAside(tx, index.name, at.lease.epoch);
      const aside = await indexesAside(tx);
      if (state.isValid === false || aside.length > 0) return { is: "invalid", aside };
      if (state.isValid === null && !state.isTableEmpty) return { is: "missing", aside };
      if (state.isValid === null) await tx.run(createOf(index, ""));
      await endStep(tx, id, { added, rows: state.rows, ms: Math.round(performance.now() - startedAt) });
      return { is: "done", aside };
    }),
  );
}

/** What a refused build leaves is INVALID, costs every writer and serves nobody: it does not stay. */
async function build(at: LeasedPlace, { id, index }: IndexStep, isLast: boolean): Promise<void> {
  try {
    await at.long(createOf(index, "concurrently"));
  } catch (error) {
    if (sqlStateOf(error) === IS_THERE || (!isLast && isLockRefusal(error))) return;
    const aside = await at.withoutQueue(id, () =>
      at.tx(async (tx) => {
        if ((await indexState(tx, index)).isValid === false)
          await putIndexAside(tx, index.name, at.lease.epoch);
        return indexesAside(tx);
      }),
    );
    for (const index of aside) await at.long(dropAside(index));
    throw error;
  }
}

/** Makes indexes of empty tables, as those of a new tenant are, many in one transaction.
 * @param steps that nobody has begun
 * @returns how many of them, from the first, are done; the next has to take its own way */
export async function makeOnEmptyTables(
  at: LeasedPlace,
  steps: readonly { readonly planned: PlannedStep; readonly step: IndexStep }[],
): Promise<number> {
  try {
    return await at.tx(async (tx) => {
      for (const [made, { planned, step }] of steps.entries()) {
        const { isValid, isBuilding, isTableEmpty, rows } = await indexState(tx, step.index);
        if (isValid !== null || isBuilding || !isTableEmpty) return made;
        await beginStep(tx, at.lease, at.version, planned);
        await tx.run(createOf(step.index, ""));
        const added = [{ kind: "index" as const, name: step.index.name }];
        await endStep(tx, step.id, { added, rows, ms: 0 });
      }
      return steps.length;
    });
  } catch (error) {
    if (sqlStateOf(error) === null) throw error;
    return 0; // one by one it is told which one is refused, and a lock is waited for
  }
}

interface IndexState {
  /** null: no such index. */
  readonly isValid: boolean | null;
  readonly isBuilding: boolean;
  readonly isTableEmpty: boolean;
  readonly rows: number;
}

async function indexState(tx: Transaction, index: IndexDefinition): Promise<IndexState> {
  const table = tableOfIndex(index);
  // Of other logins' sessions the server shows what they hold, not what they do; that they build something is enough.
  const state = await tx.row<IndexState>(sql`
    select (select i.indisvalid from pg_index i where i.indexrelid = to_regclass(quote_ident(${index.name}))) as "isValid",
      exists (select from pg_stat_progress_create_index p join pg_locks l using (pid)
        where l.relation = quote_ident(${table})::regclass and l.mode = 'ShareUpdateExclusiveLock' and l.granted) as "isBuilding",
      not exists (select from ${name(table)}) as "isTableEmpty",
      (select greatest(reltuples, 0)::float8 from pg_class where oid = quote_ident(${table})::regclass) as rows`);
  assert(state !== null, "a selection of one row has it");
  return state;
}

function createOf({ definition, isUnique }: IndexDefinition, how: "concurrently" | ""): Statement {
  return { text: `create ${isUnique === true ? "unique " : ""}index ${how} ${definition}`, values: [] };
}
