import { sql } from "@octavo/database";
import type { Release } from "../migrator.ts";
import { backfill } from "../steps/backfill.ts";
import { contract, dropColumn, dropIndex, dropTable, dropTrigger } from "../steps/contract.ts";
import { expand, expandIndex } from "../steps/expand.ts";
import { referenceData } from "../steps/reference-data.ts";
import type { ReferenceRow, Step } from "../steps/step.ts";
import { constraint, notNull, noRows, sameCount, verify } from "../steps/verify.ts";

const bookKind = "8a4d1a86-4c0b-4b0c-9a39-000000000001";
const discKind = "8a4d1a86-4c0b-4b0c-9a39-000000000002";

/** A module of loans in two versions: the second has all kinds of steps. */
const firstSteps = (kinds: readonly ReferenceRow[]): readonly Step[] => [
  expand(
    "loans",
    sql`create table loan (id uuid primary key, jsonb jsonb not null, status text not null default 'open');
      create table old_note (id uuid primary key references loan (id), note text);
      create function loan_status() returns trigger language plpgsql as $$ begin new.status := new.jsonb ->> 'status'; return new; end $$;
      create trigger loan_status before insert or update on loan for each row execute function loan_status()`,
    sql`create table kind (id uuid primary key, jsonb jsonb not null)`,
  ),
  expandIndex("loans by status", {
    name: "loan_status",
    definition: "loan_status ON loan USING btree (status, id)",
  }),
  expandIndex("kinds by name", {
    name: "kind_name",
    definition: "kind_name ON kind USING btree ((jsonb ->> 'name'))",
    isUnique: true,
  }),
  referenceData("kinds", { table: "kind", rows: kinds }),
];

export const loansOne: Release = {
  version: "octavo-loans-1.0.0",
  steps: firstSteps([
    { id: bookKind, name: "book" },
    { id: discKind, name: "disc" },
  ]),
};

export const loansTwo: Release = {
  version: "octavo-loans-2.0.0",
  steps: [
    ...firstSteps([
      { id: bookKind, name: "book", isLent: true },
      { id: discKind, name: "disc" },
    ]),
    expand(
      "loans have a due date",
      sql`alter table loan add column due timestamptz, add column renewals int not null default 0`,
      sql`create type "Note kind" as enum ('public', 'private');
        create table note (id uuid primary key references loan (id), kind "Note kind" not null, n int generated always as identity);
        create index note_kind on note (kind);
        create function loan_due() returns trigger language plpgsql as $$
          begin new.due := coalesce(new.due, (new.jsonb ->> 'due')::timestamptz); return new; end $$;
        create trigger loan_due before insert or update on loan for each row execute function loan_due();
        create view late_loan as select id, due from loan where due < now()`,
      sql`alter table loan add constraint known_status check (status in ('open', 'closed')) not valid`,
    ),
    expandIndex("loans by due date", {
      name: "loan_due",
      definition: "loan_due ON loan USING btree (due, id)",
    }),
    backfill("loans are due", {
      table: "loan",
      remaining: sql`due is null`,
      each: (rows) => sql`update loan set due = (jsonb ->> 'due')::timestamptz where ${rows}`,
    }),
    backfill("loans have notes", {
      table: "loan",
      remaining: sql`not exists (select from note where note.id = loan.id)`,
      each: (rows) =>
        sql`insert into note (id, kind) select loan.id, ${"public"}::text::"Note kind" from loan where ${rows}`,
    }),
    verify(
      "every loan is due",
      noRows(sql`select id from loan where due is null`),
      sameCount(sql`select count(*) from loan`, sql`select count(*) from note`),
      constraint("loan", "renewed", "CHECK (renewals >= 0)"),
      constraint("note", "of_loan", "FOREIGN KEY (id) REFERENCES loan (id) ON DELETE CASCADE"),
      notNull("loan", "due"),
    ),
    contract(
      "loans without status",
      dropTrigger("loan", "loan_status"),
      dropIndex("loan_status"),
      dropColumn("loan", "status"),
      dropTable("old_note"),
    ),
  ],
};

/** What version 1 writes. */
export function someLoans(count: number): ReturnType<typeof sql> {
  return sql`insert into loan (id, jsonb) select md5(n::text)::uuid,
      jsonb_build_object('status', case when n % 3 = 0 then 'closed' else 'open' end, 'due', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 minute')
    from generate_series(1, ${count}::int) n`;
}

/** Rows after version 2, as one value. */
export const loansDigest = sql`select md5(string_agg(loan.id || due::text || renewals || note.kind, ',' order by loan.id)) as digest,
    count(*)::int as count from loan join note on note.id = loan.id`;
