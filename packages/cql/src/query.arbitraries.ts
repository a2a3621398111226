import fc from "fast-check";
import {
  type BooleanOperator,
  type Clause,
  type Comparator,
  type Modifier,
  type Query,
  type Relation,
  SERVER_CHOICE,
  type SortKey,
  type SymbolComparator,
} from "./query.ts";

/** Queries as parsing gives them, with every position 0. */

const position = 0;
const word = fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,6}$/u);
const index = fc.oneof(
  word,
  fc.tuple(word, word).map(([one, other]) => `${one}.${other}`),
  fc.constantFrom("id", "personal.lastName", "and", "sortby", "a b", 'quote\\"d', ""),
);

/** What can stand between quotes: every backslash masks a character. */
const term = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.stringMatching(/^[\w ]{1,5}$/u) },
      fc.constantFrom(
        "*",
        "?",
        "\\*",
        "\\?",
        '\\"',
        "\\\\",
        "^",
        "/",
        "=",
        "(",
        ")",
        "<",
        "é",
        "🦉",
        "%",
        "_",
        "'",
      ),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(""));

const symbols: readonly SymbolComparator[] = ["=", "==", "<>", "<", "<=", ">", ">="];
const comparators: readonly Comparator[] = [...symbols, "adj", "all", "any", "within", "encloses"];
const operators: readonly BooleanOperator[] = ["and", "or", "not", "prox"];

const modifier: fc.Arbitrary<Modifier> = fc.oneof(
  fc
    .constantFrom("number", "respectcase", "sort.descending", "@type")
    .map((name) => ({ name, comparator: null, value: null, position })),
  fc.record({
    name: fc.constantFrom("@type", "distance"),
    comparator: fc.constantFrom(...symbols),
    value: term,
    position: fc.constant(position),
  }),
);
const modifiers = fc.array(modifier, { maxLength: 2 });

const relation: fc.Arbitrary<Relation> = fc.record({
  comparator: fc.constantFrom(...comparators),
  modifiers,
  position: fc.constant(position),
});

const plain: Relation = { comparator: "=", modifiers: [], position };

const termClause: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({ kind: fc.constant("term" as const), index, relation, term, position: fc.constant(position) }),
  term.map((each) => ({
    kind: "term" as const,
    index: SERVER_CHOICE,
    relation: plain,
    term: each,
    position,
  })),
);

const { clause } = fc.letrec<{ clause: Clause }>((tie) => ({
  clause: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    termClause,
    fc.record({
      kind: fc.constant("boolean" as const),
      operator: fc.constantFrom(...operators),
      modifiers,
      left: tie("clause"),
      right: tie("clause"),
      position: fc.constant(position),
    }),
  ),
}));

const sortKey: fc.Arbitrary<SortKey> = fc.record({ index, modifiers, position: fc.constant(position) });

export const anyQuery: fc.Arbitrary<Query> = fc.record({
  where: clause,
  sortBy: fc.array(sortKey, { maxLength: 3 }),
});
