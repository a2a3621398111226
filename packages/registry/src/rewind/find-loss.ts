import type { StoredChange } from "../read-log.ts";
import type { Snapshot } from "../snapshot.ts";

/** What was applied here and is in the log no more. */
export interface Loss {
  /** The newest revision that both have. */
  readonly keptRevision: number;
  /** Oldest first. */
  readonly changes: readonly StoredChange[];
  /** False where more may be lost than is remembered: then `keptRevision` is only where memory begins. */
  readonly isComplete: boolean;
}

/** Compares by hash: after a failover the numbers of lost changes are used again. As hashes are chained, one that both
 * have says the same of all before it.
 * @param remembered what was applied here, oldest first, without a gap
 * @param logged how the log ends now, oldest first, without a gap
 * @param end where it ends, which is known even where nothing of it is left */
export function findLoss(
  remembered: readonly StoredChange[],
  logged: readonly StoredChange[],
  end: Pick<Snapshot, "revision" | "hash">,
): Loss {
  const loggedHashes = new Map(logged.map(({ revision, hash }) => [revision, hash]));
  const first = logged[0];
  if (first !== undefined) loggedHashes.set(first.revision - 1, first.previousHash);
  loggedHashes.set(end.revision, end.hash);
  const isKept = (revision: number, hash: string): boolean => loggedHashes.get(revision) === hash;

  const lastKept = remembered.findLastIndex(({ revision, hash }) => isKept(revision, hash));
  const changes = remembered.slice(lastKept + 1);
  const [oldest] = changes;
  if (oldest === undefined) return { keptRevision: end.revision, changes, isComplete: false };
  const keptRevision = oldest.revision - 1;
  return { keptRevision, changes, isComplete: isKept(keptRevision, oldest.previousHash) };
}
