import type { Result } from "@octavo/result";
import type { PoolClient } from "pg";
import type { ProcessTime } from "../process-time.ts";
import type { RegistryEvent } from "../registry-event.ts";
import { type CutBatch, cutLog } from "./cut-log.ts";
import type { LogLimits } from "./log-limits.ts";

/** Keeps the log of changes within its limits, one batch at a time. Asked at each poll:
 * - waiting: nothing to do before `everyMs` has passed
 * - cutting: the last batch was full, so that the next poll takes another: 500 changes a second, more than all gateways
 *   together write
 * Never more than one connection of the pool, and nobody waits for it: the row of the lease may be held by an instance
 * that stands still. */
export class LogSweeper {
  readonly #parts: SweeperParts;
  #nextAt: number;
  #isCutting = false;
  #removed = 0;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    this.#nextAt = parts.time.now() + parts.limits.everyMs;
  }

  /** @returns when it has done what is due now */
  async turn(): Promise<void> {
    const { time, transaction, instanceId, limits } = this.#parts;
    if (this.#isCutting || time.now() < this.#nextAt) return;
    this.#isCutting = true;
    const done = await transaction((client) => cutLog(client, instanceId, limits)).finally(() => {
      this.#isCutting = false;
    });
    this.#removed += done.ok ? (done.value?.removed ?? 0) : 0;
    if (done.ok && done.value?.removed === limits.rowsAtOnce) return;
    this.#nextAt = time.now() + limits.everyMs;
    if (this.#removed === 0) return;
    if (done.ok && done.value !== null)
      this.#parts.log({ kind: "log-cut", removed: this.#removed, until: done.value.cut.revision });
    this.#removed = 0;
  }
}

export interface SweeperParts {
  readonly time: ProcessTime;
  readonly transaction: (
    work: (client: PoolClient) => Promise<CutBatch | null>,
  ) => Promise<Result<CutBatch | null, unknown>>;
  readonly instanceId: string;
  readonly limits: LogLimits;
  readonly log: (event: RegistryEvent) => void;
}
