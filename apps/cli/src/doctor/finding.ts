import { columns } from "../columns.ts";
import type { Paint } from "../terminal.ts";

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly says: string;
  /** What to do; null where nothing needs doing. */
  readonly remedy: string | null;
}

/** "warn" works, but somebody will be surprised later; "fail" does not work. */
type Verdict = "ok" | "warn" | "fail";

export function fine(check: string, says: string): Finding {
  return { check, verdict: "ok", says, remedy: null };
}

export function odd(check: string, says: string, remedy: string): Finding {
  return { check, verdict: "warn", says, remedy };
}

export function broken(check: string, says: string, remedy: string): Finding {
  return { check, verdict: "fail", says, remedy };
}

/** Findings for people: one line each, the remedy below it, the sum at the end. */
export function findingsPage(findings: readonly Finding[], paint: Paint): string {
  const colours = { ok: "good", warn: "warn", fail: "bad" } as const;
  const widest = Math.max(...findings.map((each) => each.check.length));
  const indent = " ".repeat(4 + 2 + widest + 2);
  const lines = columns(
    findings.map((each) => [paint[colours[each.verdict]](each.verdict.padEnd(4)), each.check, each.says]),
  ).split("\n");
  const body = findings.flatMap((each, index) => [
    lines[index] ?? "",
    ...(each.remedy === null ? [] : [paint.dim(`${indent}${each.remedy}`)]),
  ]);
  return [...body, "", paint.bold(findingsSum(findings))].join("\n");
}

export function findingsSum(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter((each) => each.verdict === verdict).length;
  return `${findings.length} checks: ${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} to mend.`;
}
