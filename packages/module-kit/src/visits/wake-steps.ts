import { expand, type Step } from "@octavo/migrations";

/** What waits in which tenant, in home: workers poll it and nothing else. `stamp` grows with each wake, so that whoever has visited a
 * tenant does not take away a wake that came meanwhile. */
export const wakeSteps: readonly Step[] = [
  expand(
    "octavo_wake",
    `create table octavo_wake (
      tenant_id text,
      errand text,
      due_at timestamptz not null,
      stamp bigint not null default 0,
      primary key (tenant_id, errand))`,
    "create index octavo_wake_due on octavo_wake (due_at)",
  ),
];
