import { createHash } from "node:crypto";
import { query } from "@octavo/testing/query";
import type { Found } from "./history.ts";

/** What the database has when everything has ended. */
export async function findIn(databaseUrl: string, received: ReadonlyMap<string, number>): Promise<Found> {
  const changes = await query(
    databaseUrl,
    `select revision::int as revision, idempotency_key as key, previous_hash, hash, jsonb_build_object('revision', revision,
       'writeId', write_id, 'actor', actor, 'action', action, 'target', target, 'mustUnderstand', must_understand,
       'ops', ops) as hashed
     from octavo.change order by revision`,
  );
  const effects = new Map<string, number[]>();
  for (const { key, revision } of changes) {
    if (typeof key === "string") effects.set(key, [...(effects.get(key) ?? []), Number(revision)]);
  }
  const [counter] = await query(databaseUrl, "select counter::int as counter, hash from octavo.revision");
  return { effects, received, chainFault: faultOfChain(changes, counter ?? {}) };
}

type Row = Readonly<Record<string, unknown>>;

/** The chain, computed again from what is stored. */
function faultOfChain(changes: readonly Row[], counter: Row): string | null {
  let previous = "0".repeat(64);
  for (const [at, { revision, previous_hash: before, hash, hashed }] of changes.entries()) {
    if (revision !== at + 1) return `change ${at + 1} is missing`;
    if (before !== previous) return `change ${at + 1} does not follow the one before`;
    const computed = createHash("sha256").update(previous).update(inOrder(hashed)).digest("hex");
    if (computed !== hash) return `change ${at + 1} is not what was written`;
    previous = computed;
  }
  const isAtEnd = counter["counter"] === changes.length && counter["hash"] === previous;
  return isAtEnd
    ? null
    : `the counter is at ${String(counter["counter"])}, the last change ${changes.length}`;
}

/** JSON with its keys in order and without spaces. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
