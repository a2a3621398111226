import type { ModuleDescriptor } from "@octavo/descriptor";
import { ok, err, type Result } from "@octavo/result";
import type { PoolClient } from "pg";
import { applyChanges } from "./apply-changes.ts";
import { digestOf } from "./descriptor-digest.ts";
import { loadSnapshot } from "./load-snapshot.ts";
import { unknownKindOf, type OpCodec } from "./logged-change.ts";
import { readChangesAfter, readLastChanges, type Seen, type StoredChange } from "./read-log.ts";
import { readModules } from "./read-modules.ts";
import { REMEMBERED } from "./rewind/recent-changes.ts";
import type { Snapshot } from "./snapshot.ts";
import { brokenLink } from "./verify-chain.ts";

/** How the newest state was come by. */
export interface Looked {
  readonly snapshot: Snapshot;
  /** - applied: change by change
   * - history: what was applied here is no longer in the log; everything was read anew
   * - gap: the log cannot say how to get there; everything was read anew */
  readonly how: "same" | "applied" | "history" | "gap";
  /** Where it was applied: those changes. Where it was read anew: the last ones of the log. */
  readonly changes: readonly StoredChange[];
}

/** Longer gaps are read from the tables: cheaper, and the log need not be held in memory. */
const mostChangesAtOnce = 1000;

/** Builds the snapshot at `seen` from `base`, inside the repeatable-read transaction in which `seen` was read.
 * @returns as the error, why this program cannot: `base` stays what is served */
export async function look(
  client: PoolClient,
  base: Snapshot,
  seen: Seen,
  internal: ModuleDescriptor,
  codec: OpCodec,
): Promise<Result<Looked, string>> {
  if (seen.revision === base.revision && seen.hash === base.hash) {
    const isSame = seen.history === base.history;
    return ok({ how: "same", changes: [], snapshot: isSame ? base : { ...base, history: seen.history } });
  }
  const reload = async (how: "history" | "gap"): Promise<Result<Looked, string>> => {
    const loaded = await loadSnapshot(client, seen, base.modules, internal, codec);
    if (!loaded.ok) return loaded;
    return ok({ how, snapshot: loaded.value, changes: await readLastChanges(client, REMEMBERED) });
  };
  if (isRewound(base, seen)) return reload("history");
  if (seen.appliedHash === null || seen.revision - base.revision > mostChangesAtOnce) return reload("gap");

  const changes = await readChangesAfter(client, base.revision);
  const broken = brokenLink(base, changes);
  if (broken !== null) return err(broken);
  const unknown = changes.filter(({ ops }) => unknownKindOf(ops) !== null);
  const fatal = unknown.find(({ mustUnderstand }) => mustUnderstand);
  if (fatal !== undefined) {
    return err(
      `change ${fatal.revision} is of a kind that this program does not know: ${unknownKindOf(fatal.ops)}`,
    );
  }
  if (unknown.length > 0) return reload("gap");

  const ops = changes.flatMap((change) => change.ops);
  const bodies = await readBodies(client, changes);
  if (!bodies.ok) return bodies;
  const decoded = codec.decode(ops, (id, digest) => {
    const module = bodies.value.get(id);
    return module !== undefined && digestOf(module) === digest ? module : undefined;
  });
  if (!decoded.ok) return reload("gap");
  const applied = applyChanges(base, decoded.value, seen);
  return applied.ok ? ok({ how: "applied", snapshot: applied.value, changes }) : applied;
}

/** Whether the database no longer holds what was applied here. A log that was shortened from
 * its old end is no rewind. */
export function isRewound(base: Snapshot, seen: Seen): boolean {
  if (seen.revision < base.revision) return true;
  return seen.appliedHash !== null && seen.appliedHash !== base.hash;
}

async function readBodies(
  client: PoolClient,
  changes: readonly StoredChange[],
): Promise<Result<ReadonlyMap<string, ModuleDescriptor>, string>> {
  const ids = new Set<string>();
  for (const { ops } of changes) for (const op of ops) if (op.kind === "module.added") ids.add(op.moduleId);
  const modules = await readModules(client, [...ids]);
  return modules.ok ? ok(new Map(modules.value.map((module) => [module.id, module]))) : modules;
}
