import { hashOf } from "./logged-change.ts";
import type { StoredChange } from "./read-log.ts";

/** Whether these changes follow `from` without a gap and are what was written.
 * @returns why not, or null */
export function brokenLink(
  from: { readonly revision: number; readonly hash: string },
  changes: readonly StoredChange[],
): string | null {
  let { revision, hash } = from;
  for (const change of changes) {
    if (change.revision !== revision + 1) return `change ${revision + 1} is missing from the log`;
    if (change.previousHash !== hash) return `change ${change.revision} does not follow change ${revision}`;
    if (change.hash !== hashOf(hash, change)) return `change ${change.revision} is not what was written`;
    revision = change.revision;
    hash = change.hash;
  }
  return null;
}
