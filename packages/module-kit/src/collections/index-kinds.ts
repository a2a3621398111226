import { pathOf } from "./document.ts";
import type {
  BooleanIndex,
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
  { property, modifiers = [], match }: Pick<ObjectsIndex, "property" | "match"> & Partial<ObjectsIndex>,
): ObjectsIndex {
  return { kind: "objects", name, path: pathOf(name), property, modifiers, match };
}
