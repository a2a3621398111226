import { expand, type Step } from "@octavo/module-kit";
import { HRID_KINDS, type HridKind, type HridSettings, LARGEST_HRID, SETTINGS_ID } from "./hrid-settings.ts";

const first: HridSettings = {
  instances: { prefix: "in", startNumber: 1 },
  holdings: { prefix: "ho", startNumber: 1 },
  items: { prefix: "it", startNumber: 1 },
  commonRetainLeadingZeroes: true,
};

/** Numbers come from sequences, so that those who create records do not wait for each other; a record that is not stored leaves a gap, as
 * FOLIO has it. `hrid_base` is how many of each kind had been drawn when its start number was set: the number of a record is the start
 * number and what has been drawn since. So a new start number holds when, and only when, its transaction is committed, and it takes no
 * right to change a sequence. */
export const hridSteps: readonly Step[] = [
  expand(
    "human readable ids",
    "create table hrid_settings (id uuid primary key, jsonb jsonb not null)",
    `insert into hrid_settings (id, jsonb) values ('${SETTINGS_ID}', '${JSON.stringify({ id: SETTINGS_ID, ...first })}')`,
    ...HRID_KINDS.map((kind) => `create sequence ${sequenceOf(kind)} maxvalue ${LARGEST_HRID}`),
    "create table hrid_base (kind text primary key, drawn bigint not null)",
    `insert into hrid_base (kind, drawn) values ${HRID_KINDS.map((kind) => `('${kind}', 0)`).join(", ")}`,
  ),
];

export function sequenceOf(kind: HridKind): string {
  return `hrid_${kind}_seq`;
}
