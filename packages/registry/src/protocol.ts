import type { Change } from "./change.ts";

/** Versions of what instances tell each other through the tables: this program writes and reads the range. The active one
 * is raised by an operator when all live instances know it (expand, migrate, finalize, contract).
 * @see reliability.md 2.7 */
export interface Protocol {
  readonly min: number;
  readonly max: number;
  /** Kinds of change that an older protocol than this does not know: none is written before it is active. */
  readonly since: Readonly<Partial<Record<Change["kind"], number>>>;
}

export const thisProtocol: Protocol = { min: 1, max: 1, since: {} };

/** @returns why this program cannot work where `active` is the protocol, in a sentence; null where it can */
export function outsideProtocol(active: number, { min, max }: Protocol): string | null {
  if (active >= min && active <= max) return null;
  const remedy =
    active > max ? "start the version that finalized it, or a newer one" : "go through the version between";
  return `the instances on this database use protocol ${active}, this program knows ${min} to ${max}: ${remedy}`;
}

/** @returns the first change that must not be written yet, in a sentence; null where all may be */
export function beyondProtocol(
  active: number,
  changes: readonly Change[],
  { since }: Protocol,
): string | null {
  const early = changes.find(({ kind }) => (since[kind] ?? 0) > active);
  return early === undefined
    ? null
    : `a change of the kind ${early.kind} needs protocol ${since[early.kind]}, and ${active} is active: ` +
        "upgrade every gateway, then finalize";
}
