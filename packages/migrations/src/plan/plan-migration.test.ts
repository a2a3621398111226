import { sql } from "@octavo/database";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LedgerRow } from "../ledger/ledger-row.ts";
import { backfill } from "../steps/backfill.ts";
import { checksumOf } from "../steps/checksum.ts";
import { contract, dropTable } from "../steps/contract.ts";
import { expand } from "../steps/expand.ts";
import { referenceData } from "../steps/reference-data.ts";
import type { Step } from "../steps/step.ts";
import { mergeOf } from "./merge-reference-row.ts";
import { type PlanMode, planMigration } from "./plan-migration.ts";

const seed = Number(process.env["OCTAVO_TEST_SEED"] ?? 1);
const table = expand("table", "create table a (id int)");
const fill = backfill("fill", {
  table: "a",
  remaining: sql`n is null`,
  each: (rows) => sql`update a set n = 1 where ${rows}`,
});
const rows = referenceData("rows", { table: "kind", rows: [] });
const gone = contract("gone", dropTable("b"));

function row(step: Step, state: LedgerRow["state"], checksum = checksumOf(step)): LedgerRow {
  return {
    stepId: step.id,
    kind: step.kind,
    checksum,
    state,
    attempt: 1,
    version: "m-1.0.0",
    position: 1,
    isSettled: false,
    progress: {},
    problem: null,
  };
}

const cases: readonly (readonly [
  string,
  readonly LedgerRow[],
  PlanMode,
  readonly string[] | "changed-step",
])[] = [
  ["nothing is there", [], "migrate", ["run", "run", "run", "later"]],
  [
    "all is done",
    [row(table, "done"), row(fill, "done"), row(rows, "done"), row(gone, "done")],
    "migrate",
    ["done", "done", "done", "done"],
  ],
  [
    "one was begun",
    [row(table, "done"), row(fill, "running")],
    "migrate",
    ["done", "resume", "run", "later"],
  ],
  ["one failed", [row(table, "done"), row(fill, "failed")], "migrate", ["done", "resume", "run", "later"]],
  ["one failed and was mended", [row(table, "failed", "old")], "migrate", ["run", "run", "run", "later"]],
  [
    "other rows are shipped",
    [row(table, "done"), row(fill, "done"), row(rows, "done", "old")],
    "migrate",
    ["done", "done", "again", "later"],
  ],
  [
    "a contract waits",
    [row(table, "done"), row(gone, "waiting")],
    "migrate",
    ["done", "run", "run", "later"],
  ],
  [
    "contracts are asked for",
    [row(table, "done"), row(gone, "waiting")],
    "contract",
    ["done", "later", "later", "run"],
  ],
  ["a done step was changed", [row(table, "done", "old")], "migrate", "changed-step"],
  ["a step is of another kind", [row({ ...gone, id: "table" }, "waiting")], "migrate", "changed-step"],
];

describe("a plan", () => {
  it.each(cases)("where %s", (_name, ledger, mode, expected) => {
    const plan = planMigration([table, fill, rows, gone], ledger, mode);
    expect(plan.ok ? plan.value.steps.map(({ action }) => action) : plan.error.kind).toEqual(expected);
  });

  it("leaves alone what another version has done", () => {
    const plan = planMigration(
      [table],
      [row(table, "done"), row(fill, "done"), row(gone, "running")],
      "migrate",
    );
    expect(plan).toMatchObject({ ok: true, value: { unknown: ["fill", "gone"] } });
  });
});

describe("a checksum", () => {
  it("is that of the tokens: comments, lines and white space do not count, strings do", () => {
    const sums = [
      "create table a (t text default 'x  y')",
      "create  table a\n(t text default 'x  y') -- a table",
      "create table a (t text default 'x y')",
    ].map((text) => checksumOf(expand("a", text)));
    expect(sums[1]).toBe(sums[0]);
    expect(sums[2]).not.toBe(sums[0]);
  });
});

describe("a shipped row", () => {
  /** What a library sees over any number of versions and edits of its own. */
  it("follows while it is as it came, and never overwrites what the library wrote", () => {
    const change = fc.oneof(
      fc.record({ ship: fc.constantFrom("a", "b", "c") }),
      fc.record({ edit: fc.constantFrom("a", "b", "mine", null) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        let [base, present, isOwn]: [string | null, string | null, boolean] = [null, null, false];
        for (const next of changes) {
          if ("edit" in next) {
            present = next.edit;
            isOwn = present !== base;
            continue;
          }
          const merge = mergeOf({ shipped: next.ship, base, present });
          const before = present;
          if (merge.write !== null) present = next.ship;
          expect(present).toBe(isOwn ? before : next.ship);
          expect(merge.collision === null).toBe(present === next.ship || base === next.ship);
          if (merge.isRemembered) base = next.ship;
          if (present === base) isOwn = false;
        }
      }),
      { seed, numRuns: 1000 },
    );
  });
});
