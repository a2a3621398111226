import {
  defineJob,
  type Document,
  type DocumentCollection,
  JobLost,
  name,
  type RunningJob,
  sql,
  type Stored,
  type Transaction,
  Type,
} from "@octavo/module-kit";
import { lockStored, transactionTime } from "../records/stored-records.ts";

const ROWS_AT_ONCE = 1000;
const MOST_ATTEMPTS = 5;

/** A walk through tables, some rows in each transaction, with a document that tells how far it is. Any instance of the module goes on with
 * it, where the last one has saved to be.
 * @template T the document */
export interface Walk<T extends Document & { readonly jobStatus: string }> {
  readonly type: string;
  readonly documents: DocumentCollection<T>;
  /** The status that asks the walk to end. */
  readonly pending: T["jobStatus"];
  readonly cancelled: T["jobStatus"];
  readonly failed: T["jobStatus"];
  /** The tables to walk through, one after the other, and what is done at each row. */
  readonly legs: (document: T) => readonly Leg[];
  /** The document when so many rows of each leg have been visited. */
  readonly counted: (document: T, counts: readonly number[]) => T;
  readonly completed: (document: T, now: string) => T;
}

export interface Leg {
  readonly table: "instance" | "item";
  readonly visit: (tx: Transaction, ids: readonly string[], jobId: string) => Promise<void>;
}

interface Progress {
  /** Of each leg that was begun, how many rows were visited. */
  readonly counts: readonly number[];
  /** The last row of the last of them. */
  readonly after: string | null;
}

const Payload = Type.Object({ id: Type.String() });

/** The kind of job that does a walk; its payload names the document. */
export function walkJob<T extends Document & { readonly jobStatus: string }>(walk: Walk<T>) {
  return defineJob<typeof Payload, Progress>(walk.type, {
    payload: Payload,
    mostAttempts: MOST_ATTEMPTS,
    run: async (job) => {
      try {
        while (await step(walk, job));
      } catch (cause) {
        const isLast = job.attempt >= MOST_ATTEMPTS && !(cause instanceof JobLost);
        if (isLast) await job.tx((tx) => end(walk, tx, job.payload.id, walk.failed));
        throw cause;
      }
    },
  });
}

/** @returns whether there is more to do */
function step<T extends Document & { readonly jobStatus: string }>(
  walk: Walk<T>,
  job: RunningJob<{ readonly id: string }, Progress>,
): Promise<boolean> {
  const { counts, after } = job.progress ?? { counts: [0], after: null };
  return job.tx(async (tx, save) => {
    const document = await locked(walk, tx, job.payload.id);
    if (document === null) return false;
    if (document.jobStatus === walk.pending) {
      await end(walk, tx, document.id, walk.cancelled);
      return false;
    }
    const legs = walk.legs(document);
    const leg = legs[counts.length - 1];
    if (leg === undefined) {
      await put(walk, tx, walk.completed(document, await transactionTime(tx)), document.id);
      return false;
    }
    const ids = await nextIds(tx, leg.table, after);
    await leg.visit(tx, ids, document.id);
    const visited = [...counts.slice(0, -1), (counts.at(-1) ?? 0) + ids.length];
    await put(walk, tx, walk.counted(document, visited), document.id);
    const isLegDone = ids.length < ROWS_AT_ONCE;
    await save(
      isLegDone ? { counts: [...visited, 0], after: null } : { counts: visited, after: ids.at(-1) ?? null },
    );
    return true;
  });
}

async function nextIds(tx: Transaction, table: string, after: string | null): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(
    sql`select id from ${name(table)} where ${after}::uuid is null or id > ${after}::uuid order by id limit ${ROWS_AT_ONCE}`,
  );
  return rows.map(({ id }) => id);
}

async function locked<T extends Document & { readonly jobStatus: string }>(
  { documents }: Walk<T>,
  tx: Transaction,
  id: string,
): Promise<Stored<T> | null> {
  return (await lockStored(tx, documents, [id])).get(id) ?? null;
}

async function end<T extends Document & { readonly jobStatus: string }>(
  walk: Walk<T>,
  tx: Transaction,
  id: string,
  jobStatus: T["jobStatus"],
): Promise<void> {
  const document = await locked(walk, tx, id);
  if (document !== null) await put(walk, tx, { ...document, jobStatus }, id);
}

async function put<T extends Document & { readonly jobStatus: string }>(
  { documents }: Walk<T>,
  tx: Transaction,
  document: T,
  id: string,
): Promise<void> {
  await documents.replace(tx, id, document, { userId: null });
}
