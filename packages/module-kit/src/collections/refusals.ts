import type { CqlError } from "@octavo/cql";
import { Refusal } from "../http/refusal.ts";

/** What a collection refuses, in the words that RMB's modules have for it (PgUtil, optimistic_locking.ftl), so that clients which
 * read them go on. */

/** The code and type of RMB's validation errors. */
const VALIDATION = { code: "-1", type: "1" } as const;

export function badId(id: string): Refusal {
  const message =
    "Invalid UUID format of id, should be xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx where x is 0-9, a-f or A-F.";
  return new Refusal(400, [{ message, ...VALIDATION, parameters: [{ key: "id", value: id }] }]);
}

/** A key or a combination of fields that is there already and may be there once only. A class of its own, for modules whose clients know
 * another answer. */
export class Duplicate extends Refusal {}

export function duplicate(table: string, field: string, value: string): Duplicate {
  const message = `${field} value already exists in table ${table}: ${value}`;
  return new Duplicate(422, [{ message, ...VALIDATION, parameters: [{ key: field, value }] }]);
}

export function missingReference(table: string, column: string, value: string, target: string): Refusal {
  const message = `Cannot set ${table}.${column} = ${value} because it does not exist in ${target}.id.`;
  return new Refusal(422, [{ message, ...VALIDATION, parameters: [{ key: `${table}.${column}`, value }] }]);
}

export function inUse(table: string, id: string, by: string): Refusal {
  const message = `Cannot delete ${table}.id = ${id} because id is still referenced from table ${by}.`;
  return new Refusal(400, [{ message, ...VALIDATION, parameters: [{ key: `${table}.id`, value: id }] }]);
}

/** @param stored,given null where there is no `_version` */
export function versionConflict(id: string, stored: number | null, given: number | null): Refusal {
  const [theirs, ours] = [stored ?? "<NULL>", given ?? "<NULL>"];
  const message = `Cannot update record ${id} because it has been changed (optimistic locking): Stored _version is ${theirs}, _version of request is ${ours}`;
  return new Refusal(409, [{ message, code: "version-conflict", parameters: [{ key: "id", value: id }] }]);
}

/** Something that JSON can say and PostgreSQL cannot hold: the character 0, half a surrogate pair, an indexed value beyond a page. */
export function notStorable(table: string, id: string, why: string): Refusal {
  const message = `Cannot store ${table}.id = ${id}: ${why}`;
  return new Refusal(422, [{ message, ...VALIDATION, parameters: [{ key: `${table}.id`, value: id }] }]);
}

/** @see docs/cql.md for the kinds */
export function badQuery({ kind, message, position }: CqlError, query: string): Refusal {
  return new Refusal(kind === "bad-term" ? 422 : 400, [
    {
      message: `CQL: ${message} (at ${position})`,
      code: `cql-${kind}`,
      parameters: [
        { key: "query", value: query.slice(0, 1000) },
        { key: "position", value: String(position) },
      ],
    },
  ]);
}

/** The time that a statement of this transaction may take was over. */
export function slowQuery(cause: Error): Refusal {
  const message = "The query took too long and was stopped: ask for less, or by an index";
  return new Refusal(422, [{ message, code: "cql-too-slow" }], {}, { cause });
}
