import { type Json, textOfJson, valueAt } from "./json-text.ts";

/** A text that is searched and sorted by and stands nowhere in a document: it is made of it. */
export type MadeText = JoinedText | ComputedText;

/** The texts under several paths, in their order, with a space between each two; those that are absent are left out. */
export interface JoinedText {
  readonly kind: "joined";
  readonly paths: readonly (readonly string[])[];
}

/** What a function makes of the value under the index's `path`; of the whole document where that is empty. */
export interface ComputedText {
  readonly kind: "computed";
  /** In SQL, `(value jsonb) returns text`, immutable. Another body is another name: `isbns_v2`. */
  readonly functionName: string;
  /** An expression over `value`. */
  readonly functionBody: string;
  /** The same in memory: where a page ended is told by it. */
  readonly of: (value: Json | undefined) => string | null;
  /** What is made of a term before it is compared; without it nothing. Asked for each part between wildcards. */
  readonly term?: (text: string) => string;
}

/** As the field's SQL gives it; null where there is none. */
export function textOfField(
  document: Json,
  { path, made }: { readonly path: readonly string[]; readonly made?: MadeText },
): string | null {
  switch (made?.kind) {
    case undefined:
      return textOfJson(valueAt(document, path));
    case "computed":
      return made.of(valueAt(document, path));
    case "joined": {
      const texts = made.paths.map((each) => textOfJson(valueAt(document, each)));
      const joined = texts.filter((text) => text !== null).join(" ");
      return joined === "" ? null : joined;
    }
  }
}
