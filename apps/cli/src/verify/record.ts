import type { Paint } from "../terminal.ts";
import { table } from "../columns.ts";

/** What became of the calls of one fault. */
export interface FaultRecord {
  readonly fault: string;
  readonly calls: number;
  /** Sent, and not answered as they should be. */
  readonly failed: number;
  /** So many may fail: those that the gateway which was hit was answering. */
  readonly mayFail: number;
  /** Found nobody there: a balancer sends them to another gateway. */
  readonly refused: number;
  /** POSTs that the module got more than once. */
  readonly twice: number;
  readonly writes: { readonly acknowledged: number; readonly refused: number; readonly lost: number };
  /** How long after the fault every gateway took writes, in milliseconds. */
  readonly writableAfterMs: number;
  /** Some of what failed, as it was said. */
  readonly because: readonly string[];
}

/** Whether what is promised held. */
export function holds({ failed, mayFail, twice, writes, calls }: FaultRecord): boolean {
  return failed <= mayFail && twice === 0 && writes.lost === 0 && writes.acknowledged > 0 && calls > 0;
}

export function recordPage(records: readonly FaultRecord[], paint: Paint): string {
  const rows = records.map((record) => [
    record.fault,
    String(record.calls),
    `${record.failed} (at most ${record.mayFail})`,
    String(record.twice),
    `${record.writes.acknowledged}, ${record.writes.lost} lost`,
    `${(record.writableAfterMs / 1000).toFixed(1)} s`,
    holds(record) ? paint.good("holds") : paint.bad("does not hold"),
  ]);
  const header = ["FAULT", "CALLS", "FAILED", "TWICE", "WRITES", "WRITABLE AFTER", ""];
  const said = records
    .filter((record) => !holds(record))
    .flatMap(({ fault, because }) => because.map((text) => `${fault}: ${text}`));
  return [
    table(header, rows, paint.bold, "nothing was tried"),
    ...(said.length > 0 ? ["", ...said] : []),
  ].join("\n");
}
