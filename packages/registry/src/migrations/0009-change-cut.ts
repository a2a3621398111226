import type { Migration } from "../migrate.ts";

/** Where the log of changes begins: the hash of what was cut off, which the first change that stayed was chained to. A program
 * of before does not read it: it finds its place missing from the log, and reads the tables. */
export const changeCut: Migration = {
  version: 9,
  name: "cut of the change log",
  sql: `create table octavo.change_cut (
  is_only_row boolean primary key default true check (is_only_row),
  revision bigint not null,
  hash text not null,
  at timestamptz not null default clock_timestamp()
);
insert into octavo.change_cut (revision, hash)
select coalesce(first.revision - 1, r.counter), coalesce(first.previous_hash, r.hash)
from octavo.revision r left join (select revision, previous_hash from octavo.change order by revision limit 1) first on true;
`,
};
