import { sql } from "@octavo/database";
import { backfill, contract, dropColumn, expand, expandIndex, noRows, notNull, verify } from "../index.ts";

/** Version 1. */
export const first = [
  expand(
    "loans",
    sql`create table loan (id uuid primary key, jsonb jsonb not null, status text)`,
    sql`create index loan_status on loan (status)`,
  ),
];

/** Version 2: a loan has a due date of its own, and `status` is in the document only. */
export const second = [
  ...first, // what a tenant has is never changed
  expand(
    "loans have a due date",
    sql`alter table loan add column due timestamptz`,
    // Version 1 goes on writing loans without one, until all instances of it are gone.
    sql`create function loan_due() returns trigger language plpgsql as $$
      begin
        new.due := coalesce(new.due, (new.jsonb ->> 'dueDate')::timestamptz);
        return new;
      end $$`,
    sql`create trigger loan_due before insert or update on loan for each row execute function loan_due()`,
  ),
  backfill("loans that are there have a due date", {
    table: "loan",
    remaining: sql`due is null`,
    each: (rows) => sql`update loan set due = (jsonb ->> 'dueDate')::timestamptz where ${rows}`,
  }),
  expandIndex("loans by due date", {
    name: "loan_by_due",
    definition: "loan_by_due ON loan USING btree (due, id)",
  }),
  verify(
    "every loan has a due date",
    noRows(sql`select id from loan where due is null`),
    notNull("loan", "due"),
  ),
  contract("loans without status", dropColumn("loan", "status")),
];
