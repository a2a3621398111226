import { type Sql, sql } from "@octavo/database";
import { describe, expect, it } from "vitest";
import { backfill } from "../steps/backfill.ts";
import { contract } from "../steps/contract.ts";
import { expandIndex } from "../steps/expand.ts";
import { referenceData } from "../steps/reference-data.ts";
import type { Step } from "../steps/step.ts";
import { constraint, notNull, noRows, sameCount, verify } from "../steps/verify.ts";
import { lintSteps } from "./lint-steps.ts";

const undone = sql`due is null`;

function filled(each: (rows: Sql) => Sql, remaining = undone): Step {
  return backfill("fill", { table: "loan", remaining, each });
}

function index(definition: string): Step {
  return expandIndex("index", { name: "loan_n", definition });
}

const id = "8a4d1a86-4c0b-4b0c-9a39-2f5a2b8f4a11";

const cases: readonly (readonly [string, Step, string | null])[] = [
  ["an update by rows", filled((rows) => sql`update loan set due = now() where ${rows}`), null],
  [
    "an update by rows and more",
    filled((rows) => sql`update loan l set due = x.at from x where (x.id = 1 or x.id = 2) and ${rows}`),
    null,
  ],
  [
    "a copy by rows",
    filled((rows) => sql`insert into due (id) select loan.id from loan where ${rows} on conflict do nothing`),
    null,
  ],
  [
    "with, and values",
    filled(
      (rows) =>
        sql`with b as (select id from loan where ${rows}) update loan set due = ${"x"} from b where b.id = loan.id`,
    ),
    null,
  ],
  ["all rows", filled(() => sql`update loan set due = now()`), "WHERE ${rows}"],
  ["rows in a comment", filled((rows) => sql`update loan set due = now() -- where ${rows}`), "WHERE ${rows}"],
  ["rows or others", filled((rows) => sql`update loan set due = now() where ${rows} or true`), "no OR"],
  [
    "others or rows",
    filled((rows) => sql`update loan set due = now() where a = 1 or b = 2 and ${rows}`),
    "no OR",
  ],
  ["not rows", filled((rows) => sql`update loan set due = now() where not ${rows}`), "narrow"],
  ["rows as a value", filled((rows) => sql`update loan set due = ${rows}`), "narrow"],
  ["a removal", filled((rows) => sql`delete from loan where ${rows}`), "contract"],
  [
    "a removal inside",
    filled(
      (rows) =>
        sql`with gone as (delete from old where x returning *) insert into loan select * from gone where ${rows}`,
    ),
    "contract",
  ],
  [
    "two statements",
    filled((rows) => sql`update loan set due = now() where ${rows}; drop table loan`),
    "one statement",
  ],
  [
    "another schema",
    filled((rows) => sql`update other.loan set due = now() where ${rows}`),
    "names a schema",
  ],
  ["no end", filled((rows) => sql`update loan set due = now() where ${rows}`, sql``), "remaining"],
  [
    "an end with more",
    filled((rows) => sql`update loan set due = now() where ${rows}`, sql`true; drop table x`),
    "one statement",
  ],
  ["an index", index("loan_n ON loan USING btree ((jsonb ->> 'n'), id)"), null],
  ["an index in quotes", index(`"loan_n" ON "loan" USING gin (x)`), null],
  ["an index of another name", index("loan_m ON loan (n)"), `"loan_n" ON`],
  ["an index elsewhere", index("loan_n ON other.loan (n)"), "names a schema"],
  ["an index and more", index("loan_n ON loan (n); drop table loan"), "one statement"],
  ["an index on only", index("loan_n ON ONLY loan (n)"), "ON table"],
  [
    "checks",
    verify(
      "v",
      noRows(sql`select id from loan where due is null`),
      sameCount(sql`select count(*) from a`, sql`select count(*) from b`),
      constraint("loan", "c", "CHECK (n > 0)"),
      notNull("loan", "due"),
    ),
    null,
  ],
  [
    "a check that writes",
    verify("v", noRows(sql`with x as (update loan set n = 1 returning *) select * from x`)),
    "changes nothing",
  ],
  ["a check that is none", verify("v", noRows(sql`update loan set n = 1`)), "SELECT"],
  [
    "a check for a column named update",
    verify("v", noRows(sql`select l.update from loan l for update`)),
    null,
  ],
  ["a constraint with an index", verify("v", constraint("loan", "c", "UNIQUE (n)")), "CHECK"],
  [
    "a constraint elsewhere",
    verify("v", constraint("loan", "c", "FOREIGN KEY (n) REFERENCES public.b")),
    "names a schema",
  ],
  ["rows", referenceData("r", { table: "kind", rows: [{ id, name: "x" }] }), null],
  ["rows without ids", referenceData("r", { table: "kind", rows: [{ id: "1" }] }), "UUID"],
  ["rows twice", referenceData("r", { table: "kind", rows: [{ id }, { id }] }), "two rows"],
  ["an empty contract", contract("c"), "dropColumn"],
];

describe("lint of a step", () => {
  it.each(cases)("%s", (_name, step, reason) => {
    const messages = lintSteps([step]).map(({ message }) => message);
    const refused: unknown = expect.arrayContaining([expect.stringContaining(reason ?? "")]);
    expect(messages).toEqual(reason === null ? [] : refused);
  });
});
