import { expand, type Step } from "@octavo/module-kit";

const NOW = `to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"')`;

/** What was deleted, and when: harvesters must hear of it too. Kept by triggers, so that nothing that deletes can forget it; in the tables
 * and the form of mod-inventory-storage. */
export const deletionSteps: readonly Step[] = ["instance", "holdings_record", "item"].map((table) =>
  expand(
    `deleted rows of ${table}`,
    `create table audit_${table} (id uuid primary key, jsonb jsonb not null)`,
    `create index audit_${table}_created on audit_${table} ((jsonb ->> 'createdDate') collate "C")`,
    `create function keep_deleted_${table}() returns trigger language plpgsql as $$
      begin
        insert into audit_${table} (id, jsonb) values (gen_random_uuid(), jsonb_build_object(
          'id', old.id, 'record', old.jsonb, 'operation', 'D', 'createdDate', ${NOW}));
        return old;
      end $$`,
    `create trigger keep_deleted_${table} after delete on ${table} for each row execute function keep_deleted_${table}()`,
  ),
);
