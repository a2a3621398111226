import fc from "fast-check";
import type { Library } from "./library.ts";

/** A small world, so that terms meet values: the same words, letters and ids everywhere. */

const ids = Array.from(
  { length: 12 },
  (_, n) => `${n.toString(16).repeat(8)}-0000-4000-8000-0000000000a${n.toString(16)}`,
);
const anyId = fc.constantFrom(...ids);

const spoken =
  "war War peace Été ete Straße STRASSE ß ø O o æ ae İ ı Ж ж Σ ς 가 가 が 漢 🦉 ﬁ œ ｗａｒ".split(" ");
const unspoken = Array.from(" -/&'’\u00a0\"\\%_*?^(,.\n\u0301\u0308\uffff");
const part = fc.constantFrom(...spoken, ...unspoken, "1", "12", "  ", "no\u0308");
const text = fc.array(part, { maxLength: 4 }).map((each) => each.join(""));
const longText = text.map((each) => "x".repeat(598) + each);
const anyText = fc.oneof({ weight: 12, arbitrary: text }, { weight: 1, arbitrary: longText });
const number = fc.constantFrom(0, 1, 2, 10, -3, 3.5, 4, 1e21, 0.000_001);
const odd = fc.oneof(
  number,
  fc.boolean(),
  fc.constant(null),
  fc.constant({ bb: 1, a: "war" }),
  fc.constant([]),
);
const value = fc.oneof({ weight: 6, arbitrary: anyText }, { weight: 1, arbitrary: odd });
const element = fc.record({ name: value, typeId: fc.oneof(anyId, text), role: text }, { requiredKeys: [] });
const date = fc.constantFrom("2024-01-01T00:00:00.000+00:00", "2024-02-01T10:00:00.000+00:00", "2025-01-01");

const book = fc.record(
  {
    title: value,
    code: value,
    label: value,
    key: value,
    part: value,
    note: value,
    extra: fc.oneof(fc.record({ deep: value }), value),
    metadata: fc.record({ createdDate: date }),
    pages: fc.oneof(number, value),
    lent: fc.oneof(fc.boolean(), value),
    languages: fc.oneof(fc.array(value, { maxLength: 3 }), value),
    contributors: fc.oneof(fc.array(fc.oneof(element, value), { maxLength: 3 }), value),
  },
  { requiredKeys: [] },
);
const copy = fc.record(
  { bookId: anyId, shelfId: anyId, status: fc.record({ name: text }) },
  { requiredKeys: [] },
);
const shelf = fc.record({ name: text }, { requiredKeys: [] });

function withIds<T extends object>(documents: readonly T[]): (T & { id: string })[] {
  return documents.map((document, n) => ({ ...document, id: ids[n] ?? "" }));
}

export const anyLibrary: fc.Arbitrary<Library> = fc.record({
  books: fc.array(book, { minLength: 4, maxLength: 10 }).map(withIds),
  copies: fc.array(copy, { maxLength: 8 }).map(withIds),
  shelves: fc.array(shelf, { maxLength: 5 }).map(withIds),
});

const escaped = anyText.map((each) => each.replaceAll(/[\\*?^"]/gu, String.raw`\$&`));
const term = fc.oneof(
  { weight: 4, arbitrary: escaped },
  { weight: 2, arbitrary: escaped.map((each) => `${each}*`) },
  { weight: 1, arbitrary: fc.tuple(escaped, escaped).map(([one, other]) => `${one}*${other}`) },
  { weight: 1, arbitrary: escaped.map((each) => `*${each}?`) },
  { weight: 1, arbitrary: escaped.map((each) => String.raw`*\"${each}\"*`) },
  { weight: 1, arbitrary: fc.constantFrom("", "*", "[]", "true", "false", " ") },
);
const idTerm = fc.oneof(
  { weight: 4, arbitrary: anyId },
  anyId.map((id) => id.toUpperCase()),
  fc.tuple(anyId, fc.nat(36)).map(([id, length]) => `${id.slice(0, length)}*`),
  fc.constantFrom("", "*", "zz", "1z*"),
);
const textual = [
  "title",
  "code",
  "label",
  "key",
  "part",
  "digits",
  "keywords",
  "note",
  "extra.deep",
  "languages",
  "contributors",
  "metadata.createdDate",
];
const comparator = fc.constantFrom("==", "==", "=", "=", "<>", "<", "<=", ">", ">=", "adj", "all", "any");
const compared = fc.constantFrom("==", "=", "<>", "<", "<=", ">", ">=");
const bracketed = (values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: values.map((each) => `"${each}"`) },
    {
      weight: 1,
      arbitrary: fc
        .array(values, { minLength: 1, maxLength: 3 })
        .map((all) => `(${all.map((each) => `"${each}"`).join(" or ")})`),
    },
  );
const clauseOf = (
  index: fc.Arbitrary<string>,
  relation: fc.Arbitrary<string>,
  values: fc.Arbitrary<string>,
) => fc.tuple(index, relation, bracketed(values)).map((each) => each.join(" "));

const modifiers = fc.oneof(
  fc.constantFrom("/@name", "/@role", "/@typeid/@role"),
  fc
    .tuple(fc.constantFrom("typeid", "role"), fc.oneof(anyId, escaped))
    .map(([name, each]) => `/@${name}="${each}"`),
);
const simple = fc.oneof(
  { weight: 8, arbitrary: clauseOf(fc.constantFrom(...textual), comparator, term) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("==", "=", "<>", "all"), modifiers, term)
      .map(([relation, each, value]) => `contributors ${relation}${each} "${value}"`),
  },
  {
    weight: 2,
    arbitrary: clauseOf(
      fc.constantFrom("pages", "note"),
      compared.map((each) => `${each}/number`),
      fc.constantFrom("1", "4.0", "0.35e1", "*", "", "x"),
    ),
  },
  {
    weight: 1,
    arbitrary: clauseOf(
      fc.constant("lent"),
      fc.constantFrom("==", "=", "<>"),
      fc.constantFrom("true", "false", "*", ""),
    ),
  },
  { weight: 2, arbitrary: clauseOf(fc.constant("id"), compared, idTerm) },
  {
    weight: 2,
    arbitrary: clauseOf(
      fc.constantFrom("copy.status.name", "shelf.name"),
      fc.constantFrom("==", "<>", "<"),
      term,
    ),
  },
  {
    weight: 1,
    arbitrary: clauseOf(fc.constantFrom("copy.bookId", "copy.shelfId", "shelf.id"), compared, idTerm),
  },
  { weight: 1, arbitrary: term.map((each) => `"${each}"`) },
  { weight: 1, arbitrary: fc.constant("cql.allRecords=1") },
);

const { where } = fc.letrec<{ where: string }>((tie) => ({
  where: fc.oneof(
    { depthSize: "small" },
    simple,
    fc.tuple(tie("where"), fc.constantFrom("and", "or", "not", "or"), simple).map((each) => each.join(" ")),
    fc
      .tuple(simple, fc.constantFrom("and", "or", "not"), tie("where"))
      .map(([one, operator, other]) => `${one} ${operator} (${other})`),
  ),
}));

const sortKey = fc
  .tuple(
    fc.constantFrom(...textual, "id", "pages", "lent", "desc"),
    fc.constantFrom("", "", "/sort.descending", "/number"),
  )
  .map((each) => each.join(""));

export const anyBookQuery: fc.Arbitrary<string> = fc
  .tuple(where, fc.array(sortKey, { maxLength: 3 }))
  .map(([text, keys]) => (keys.length === 0 ? text : `${text} sortby ${keys.join(" ")}`));
