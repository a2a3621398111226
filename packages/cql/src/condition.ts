import type { Piece } from "./term.ts";
import type {
  BooleanIndex,
  DateIndex,
  ForeignSpec,
  IndexSpec,
  ObjectsIndex,
  TextIndex,
  TextsIndex,
  UuidIndex,
} from "./table-spec.ts";

/** What a query asks of a document, with every name and term understood: evaluated in memory and printed as SQL. A comparison with
 * a value that is not there is false, and so is its negation by `<>`; only `not` holds for it. */
export type Condition =
  | { readonly kind: "all" }
  | { readonly kind: "none" }
  | { readonly kind: "and" | "or"; readonly of: readonly Condition[]; readonly depth: number }
  | { readonly kind: "not"; readonly of: Condition; readonly depth: number }
  | LeafCondition;

export type LeafCondition =
  | { readonly kind: "defined"; readonly field: IndexSpec }
  | { readonly kind: "uuid"; readonly field: UuidIndex; readonly test: UuidTest }
  | { readonly kind: "text"; readonly field: TextField; readonly test: TextTest; readonly isNegated: boolean }
  /** One of the queries suffices. */
  | { readonly kind: "words"; readonly field: WordField; readonly anyOf: readonly WordQuery[] }
  | {
      readonly kind: "number";
      readonly field: IndexSpec;
      readonly operator: NumberOperator;
      /** As PostgreSQL and JavaScript write numbers. */
      readonly value: string;
    }
  | {
      readonly kind: "boolean";
      readonly field: BooleanIndex;
      readonly value: boolean;
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "element";
      readonly field: ArrayField;
      readonly test: ElementTest;
      readonly isNegated: boolean;
    }
  | { readonly kind: "empty-array"; readonly field: ArrayField; readonly isNegated: boolean }
  /** Some document that the steps lead to. */
  | {
      readonly kind: "related";
      readonly foreign: ForeignSpec;
      readonly where: Condition;
      readonly depth: number;
    };

export type TextField = TextIndex | DateIndex;
export type ArrayField = TextsIndex | ObjectsIndex;
export type WordField = TextIndex | ArrayField;

export type OrderOperator = "<" | "<=" | ">" | ">=";
export type NumberOperator = OrderOperator | "=" | "<>";

/** Values are in lower case, as 36 characters. */
export type UuidTest =
  | { readonly kind: "in" | "not-in"; readonly values: readonly string[] }
  | {
      readonly kind: "between" | "not-between";
      readonly low: string;
      readonly high: string;
    }
  | { readonly kind: "compare"; readonly operator: OrderOperator; readonly value: string };

/** Values are normalised as their field is. */
export type TextTest =
  | { readonly kind: "equal"; readonly values: readonly string[] }
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "like"; readonly pieces: readonly Piece[] }
  | { readonly kind: "compare"; readonly operator: OrderOperator; readonly value: string };

/** "phrase": one directly after another. Never without words. */
export interface WordQuery {
  readonly how: "phrase" | "all" | "any";
  readonly words: readonly QueryWord[];
}

/** Words hold nothing but letters and digits (words.ts), so that no quoting is needed anywhere. */
export interface QueryWord {
  readonly text: string;
  readonly isPrefix: boolean;
}

/** One element for which a test of `anyOf` and all of `allOf` hold. `property` is null for an element that is itself a text. */
export interface ElementTest {
  readonly anyOf: readonly { readonly property: string | null; readonly test: TextTest | WordQuery }[];
  readonly allOf: readonly { readonly property: string; readonly test: WordQuery }[];
}

export const ALL: Condition = { kind: "all" };
export const NONE: Condition = { kind: "none" };

export function depthOf(condition: Condition): number {
  return "depth" in condition ? condition.depth : 0;
}

export function allOf(conditions: readonly Condition[]): Condition {
  const of = conditions.flatMap((each) =>
    each.kind === "and" ? each.of : each.kind === "all" ? [] : [each],
  );
  if (of.some(({ kind }) => kind === "none")) return NONE;
  return joined("and", of) ?? ALL;
}

/** Whether words are among what must hold: of how many rows hold them PostgreSQL has little idea, least of beginnings of words. */
export function needsWords(condition: Condition): boolean {
  if (condition.kind === "and") return condition.of.some(needsWords);
  return condition.kind === "words";
}

/** Lists of one field become one condition: `id == (a or b)` is one look into its index. */
export function anyOf(conditions: readonly Condition[]): Condition {
  const of = conditions.flatMap((each) =>
    each.kind === "or" ? each.of : each.kind === "none" ? [] : [each],
  );
  if (of.some(({ kind }) => kind === "all")) return ALL;
  return joined("or", mergedLists(of)) ?? NONE;
}

export function not(condition: Condition): Condition {
  if (condition.kind === "all") return NONE;
  return condition.kind === "none" ? ALL : { kind: "not", of: condition, depth: depthOf(condition) + 1 };
}

export function related(foreign: ForeignSpec, where: Condition): Condition {
  return where.kind === "none"
    ? NONE
    : { kind: "related", foreign, where, depth: depthOf(where) + foreign.steps.length };
}

function joined(kind: "and" | "or", of: readonly Condition[]): Condition | null {
  const [first, second] = of;
  if (first === undefined || second === undefined) return first ?? null;
  const depth = 1 + of.reduce((most, each) => Math.max(most, depthOf(each)), 0);
  return { kind, of, depth };
}

/** Grouped by what they ask, each group where its first one stood. */
function mergedLists(conditions: readonly Condition[]): readonly Condition[] {
  const groups = new Map<unknown, Condition[]>();
  for (const condition of conditions) {
    const key = listOf(condition) ?? condition;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [condition]);
    else group.push(condition);
  }
  return [...groups.values()].flatMap(mergedGroup);
}

/** What two conditions must share to be one list; null for those that are none. */
function listOf(condition: Condition): unknown {
  switch (condition.kind) {
    case "uuid":
      return condition.test.kind === "in" ? condition.field : null;
    case "text":
      return condition.test.kind === "equal" && !condition.isNegated ? condition.field : null;
    case "words":
      return condition.field.name; // A text has an equal list of its own beside it.
    case "related":
      return condition.foreign;
    default:
      return null;
  }
}

function mergedGroup(group: readonly Condition[]): readonly Condition[] {
  const [first] = group;
  if (first === undefined || group.length === 1) return group;
  switch (first.kind) {
    case "uuid": {
      const values = group.flatMap((each) =>
        each.kind === "uuid" && each.test.kind === "in" ? each.test.values : [],
      );
      return [{ ...first, test: { kind: "in", values: [...new Set(values)] } }];
    }
    case "text": {
      const values = group.flatMap((each) =>
        each.kind === "text" && each.test.kind === "equal" ? each.test.values : [],
      );
      return [{ ...first, test: { kind: "equal", values: [...new Set(values)] } }];
    }
    case "words":
      return [{ ...first, anyOf: group.flatMap((each) => (each.kind === "words" ? each.anyOf : [])) }];
    case "related":
      return [
        related(first.foreign, anyOf(group.flatMap((each) => (each.kind === "related" ? [each.where] : [])))),
      ];
    default:
      return group;
  }
}
