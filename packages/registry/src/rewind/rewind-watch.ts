import type { Pool } from "pg";
import type { StoredChange } from "../read-log.ts";
import { readWrite, runTransaction } from "../run-transaction.ts";
import { recordRewind, type NoticedRewind } from "./record-rewind.ts";
import { RecentChanges } from "./recent-changes.ts";

/** Of more nobody could make sense, and memory has a bound. */
const MOST_UNRECORDED = 16;

/** What this instance knows of changes that the database may lose, and the losses that it has not reported yet: the
 * database that has just lost something may well go away once more. */
export class RewindWatch {
  readonly recent: RecentChanges;
  #unrecorded: readonly NoticedRewind[] = [];

  /** @param changes the last of what was applied, oldest first */
  constructor(changes: readonly StoredChange[]) {
    this.recent = new RecentChanges(changes);
  }

  notice(rewind: NoticedRewind): void {
    this.#unrecorded = [...this.#unrecorded, rewind].slice(-MOST_UNRECORDED);
  }

  /** Reports what is not yet reported. What cannot be written now is kept for the next time. */
  async record(pool: Pool): Promise<void> {
    for (const rewind of this.#unrecorded) {
      const recorded = await runTransaction(pool, readWrite, async (client) => {
        await recordRewind(client, rewind);
        return { commits: true, value: undefined };
      });
      // Where the outcome is unknown the same is written once more: it is found there.
      if (!recorded.ok) return;
      this.#unrecorded = this.#unrecorded.filter((each) => each !== rewind);
    }
  }
}
