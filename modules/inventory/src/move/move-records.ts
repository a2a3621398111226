import { type CallError, type Calls, cql, oneOf, passedOn, type Static, Type } from "@octavo/module-kit";
import { fewAtOnce } from "../storage/few-at-once.ts";

/** Records of which each belongs to one other: items to a holdings record, holdings records to an instance. */
export interface MovedKind {
  readonly path: "/item-storage/items" | "/holdings-storage/holdings";
  /** Of the list that storage answers with. */
  readonly listName: "items" | "holdingsRecords";
  readonly ownerField: "holdingsRecordId" | "instanceId";
  /** What storage may add when it reads a record, and takes from nobody. */
  readonly notSent: readonly string[];
}

/** A record that is not where it should be now. */
export interface NotMoved {
  readonly id: string;
  /** Null: there is no such record. */
  readonly because: CallError | null;
}

/** Ids that one query names: what fits an address line everywhere. */
const READ_AT_ONCE = 50;
const WRITTEN_AT_ONCE = 8;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u;

const Stored = Type.Object({ id: Type.String() }, { additionalProperties: true });
type Stored = Static<typeof Stored>;

/** Gives each record another owner, each by itself: one that cannot be moved keeps none of the others. Each is sent with the version that was read, so that
 * storage refuses it where somebody else has changed it meanwhile. One call for fifty reads, and one for each write.
 * @throws Refusal where they cannot be read: nothing is moved then */
export async function moveRecords(
  calls: Calls,
  kind: MovedKind,
  ids: readonly string[],
  ownerId: string,
): Promise<readonly NotMoved[]> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  const found = await readByIds(
    calls,
    kind,
    wanted.filter((id) => UUID.test(id)),
  );
  const notMoved = await fewAtOnce(wanted, WRITTEN_AT_ONCE, async (id) => {
    const record = found.get(id);
    if (record === undefined) return [{ id, because: null }];
    const because = await moveOne(calls, kind, record, ownerId);
    return because === null ? [] : [{ id, because }];
  });
  return notMoved.flat();
}

async function readByIds(
  calls: Calls,
  { path, listName }: MovedKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Stored>> {
  const lists: readonly string[][] = Array.from({ length: Math.ceil(ids.length / READ_AT_ONCE) }, (_, n) =>
    ids.slice(n * READ_AT_ONCE, (n + 1) * READ_AT_ONCE),
  );
  const answer = Type.Object({ [listName]: Type.Array(Stored) });
  const read = await fewAtOnce(lists, WRITTEN_AT_ONCE, async (some) => {
    const query = { query: cql(oneOf("id", some)), limit: READ_AT_ONCE };
    const answered = await calls.send({ method: "GET", path, query, answer });
    if (!answered.ok) throw passedOn(answered.error, "inventory-storage");
    return answered.value.body[listName] ?? [];
  });
  return new Map(read.flat().map((record) => [record.id.toLowerCase(), record]));
}

async function moveOne(
  calls: Calls,
  { path, ownerField, notSent }: MovedKind,
  record: Stored,
  ownerId: string,
): Promise<CallError | null> {
  const kept = Object.entries(record).filter(([field]) => !notSent.includes(field));
  const moved = await calls.send({
    method: "PUT",
    path: `${path}/${record.id}`,
    body: { ...Object.fromEntries(kept), [ownerField]: ownerId },
    answer: Type.Unknown(),
  });
  return moved.ok ? null : moved.error;
}
