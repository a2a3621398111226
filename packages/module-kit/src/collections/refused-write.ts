import { type Json, textOfField } from "@octavo/cql";
import type { ReadRefusal, Refusal } from "../http/refusal.ts";
import { pathOf, textAt } from "./document.ts";
import { duplicate, inUse, missingReference, notStorable } from "./refusals.ts";
import { madeText, type Table } from "./table.ts";

/** What PostgreSQL says of a statement that it refused, as far as it is read here; messages are for people and are not. */
interface StatementError {
  readonly code: string;
  readonly constraint: string;
  readonly table: string;
  readonly detail: string;
}

/** What a refused write of a document means, by SQLSTATE and the constraint's name; anything else is handed on as it is.
 * @param document that was written; its id alone where one was deleted */
export function refusalOf(cause: unknown, table: Table, document: object): unknown {
  const error = statementError(cause);
  if (error === null) return cause;
  const id = textAt(document, ["id"]) ?? "";
  switch (error.code) {
    case "23505":
      return duplicateOf(error.constraint, table, document);
    case "23503": {
      const reference = table.references.get(error.constraint);
      if (error.table !== table.name || reference === undefined) return inUse(table.name, id, error.table);
      const value = textAt(document, pathOf(reference.field)) ?? "";
      return missingReference(table.name, reference.column, value, reference.to);
    }
    case "22P02":
    case "22P05":
    case "22021":
      return notStorable(table.name, id, "it holds a text that PostgreSQL cannot");
    case "54000":
      return notStorable(table.name, id, "an indexed field is too long");
    default:
      return cause;
  }
}

function duplicateOf(constraint: string, table: Table, document: object): Refusal {
  const fields = table.unique.get(constraint)?.fields ?? ["id"];
  const values = fields.map((field) => {
    const made = madeText(table.spec, field);
    return (made === null ? textAt(document, pathOf(field)) : textOfField(document as Json, made)) ?? ""; // as: it was to be stored as JSON
  });
  return duplicate(table.name, fields.join(", "), values.join(", "));
}

/** For statements that a module writes itself against the same table: what is known without the document. */
export function readRefusalOf(table: Table): ReadRefusal {
  return (cause) => {
    const error = statementError(cause);
    if (error?.table !== table.name) return null;
    const isKnown = table.unique.has(error.constraint) || table.references.has(error.constraint);
    const value = valueInDetail(error);
    if (!isKnown) return null;
    const unique = table.unique.get(error.constraint);
    if (unique !== undefined) return duplicate(table.name, unique.fields.join(", "), value);
    const reference = table.references.get(error.constraint);
    return reference === undefined
      ? null
      : missingReference(table.name, reference.column, value, reference.to);
  };
}

/** The id of the row that a statement for many could not delete, where PostgreSQL tells it. */
export function idInDetail(cause: unknown): string {
  const error = statementError(cause);
  return error === null ? "" : valueInDetail(error);
}

/** Detail: Key (id)=(x) ...; read for its value only, never to decide. */
function valueInDetail({ detail }: StatementError): string {
  return /=\((.*)\)/u.exec(detail)?.[1] ?? "";
}

function statementError(cause: unknown): StatementError | null {
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") return null;
  const field = (key: string): string => String(Reflect.get(cause, key) ?? "");
  return {
    code: cause.code,
    constraint: field("constraint"),
    table: field("table"),
    detail: field("detail"),
  };
}
