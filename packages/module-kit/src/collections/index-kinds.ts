import { pathOf } from "./document.ts";
import type {
  BooleanIndex,
  ComputedText,
  DateIndex,
  Ignored,
  NumberIndex,
  ObjectsIndex,
  TextIndex,
  TextMatch,
  TextsIndex,
} from "@octavo/cql";

/** What can be searched of a document. A name is how queries call the field and, parted by dots, where it is: "status.name". */

/** @param match "exact": `==`, `abc*`, `<`, sorting; "words": `=`, `all`, `any`; "substring": any wildcards */
export function text(name: string, match: readonly TextMatch[], ignores?: Ignored): TextIndex {
  return { kind: "text", name, path: pathOf(name), match, ...(ignores !== undefined && { ignores }) };
}

/** Several fields as one text, with a space between each two: `joined("keywords", ["username", "personal.lastName"], ["words"])`. A field that
 * is an array or an object stands there as JSON. */
export function joined(
  name: string,
  fields: readonly string[],
  match: readonly TextMatch[],
  ignores?: Ignored,
): TextIndex {
  const made = { kind: "joined", paths: fields.map(pathOf) } as const;
  return { kind: "text", name, path: [], match, made, ...(ignores !== undefined && { ignores }) };
}

/** A text that a function of PostgreSQL makes of a field, or of the whole document: digits without hyphens, one value of an array. The function is
 * made with the index; `of` does the same in memory, and `term` makes what a client writes comparable with it.
 *
 *     searchable.computed("isbn", { from: "identifiers", functionName: "isbns_v1", functionBody: "...", of, term: digitsOf, match: ["words"] }) */
export function computed(
  name: string,
  {
    from,
    match,
    ignores,
    ...made
  }: Omit<ComputedText, "kind"> & Pick<TextIndex, "match" | "ignores"> & { readonly from?: string },
): TextIndex {
  const path = from === undefined ? [] : pathOf(from);
  return {
    kind: "text",
    name,
    path,
    match,
    made: { kind: "computed", ...made },
    ...(ignores !== undefined && { ignores }),
  };
}

/** ISO date and time, compared as text. */
export function date(name: string): DateIndex {
  return { kind: "date", name, path: pathOf(name) };
}

export function number(name: string): NumberIndex {
  return { kind: "number", name, path: pathOf(name) };
}

export function boolean(name: string): BooleanIndex {
  return { kind: "boolean", name, path: pathOf(name) };
}

/** An array of texts. */
export function texts(name: string, match: TextsIndex["match"], ignores?: Ignored): TextsIndex {
  return { kind: "texts", name, path: pathOf(name), match, ...(ignores !== undefined && { ignores }) };
}

/** An array of objects.
 * @param property of each that is searched; `modifiers` are those that a query may name instead or besides: `=/@role=x` */
export function objects(
  name: string,
  {
    property,
    modifiers = [],
    match,
    ignores,
  }: Pick<ObjectsIndex, "property" | "match"> & Partial<ObjectsIndex>,
): ObjectsIndex {
  return {
    kind: "objects",
    name,
    path: pathOf(name),
    property,
    modifiers,
    match,
    ...(ignores !== undefined && { ignores }),
  };
}
