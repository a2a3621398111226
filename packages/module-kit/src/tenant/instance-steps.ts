import { expand, type Step } from "@octavo/migrations";

/** Which instances of the module there are, of whatever version, in home. `contracts` are those that the instance's own steps have: it lives without what
 * they take away. */
export const instanceSteps: readonly Step[] = [
  expand(
    "octavo_instance",
    `create table octavo_instance (
      instance_id uuid primary key,
      module_id text not null,
      contracts text[] not null,
      seen_at timestamptz not null default now())`,
  ),
];
