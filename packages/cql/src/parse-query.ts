import { err, ok, type Result } from "@octavo/result";
import type { CqlError } from "./cql-error.ts";
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
import { type Token, tokensOf } from "./tokens.ts";

/** Bounds of a query. Hundreds of ids in one list are usual. */
export const limits = { characters: 256 * 1024, depth: 200, terms: 10_000 } as const;

const NAMED: readonly Comparator[] = ["adj", "all", "any", "within", "encloses"];
const OPERATORS: readonly BooleanOperator[] = ["and", "or", "not", "prox"];

/** Reads a query as CQL 1.2 has it and FOLIO's modules read it: boolean operators of one precedence from left to right, a
 * relation that goes on through brackets (`id==(a or b)`), several words without quotes as one term.
 * @see cql-java: CQLParser, CQLLexer; OASIS searchRetrieve part 5 */
export function parseQuery(text: string): Result<Query, CqlError> {
  if (text.length > limits.characters) {
    const message = `The query has ${text.length} characters, more than ${limits.characters}`;
    return err({ kind: "too-large", message, position: limits.characters });
  }
  const tokens = tokensOf(text);
  return tokens.ok ? new Parser(tokens.value).query() : tokens;
}

/** What stands before a term that names no index of its own. */
interface Scope {
  readonly index: string;
  readonly relation: Relation;
}

/** One query on its way: `#next` is the token that is looked at. */
class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #terms = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  query(): Result<Query, CqlError> {
    const first = this.#token;
    const relation: Relation = { comparator: "=", modifiers: [], position: first.position };
    const where = this.#clauses({ index: SERVER_CHOICE, relation });
    if (!where.ok) return where;
    const sortBy = this.#sortKeys();
    if (!sortBy.ok) return sortBy;
    return this.#token.kind === "end"
      ? ok({ where: where.value, sortBy: sortBy.value })
      : this.#unexpected("a boolean operator (and, or, not), sortby or the end");
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? END;
  }

  #take(): Token {
    const token = this.#token;
    this.#next += 1;
    return token;
  }

  #unexpected(expected: string): Result<never, CqlError> {
    const { kind, text, position } = this.#token;
    const found = kind === "end" ? "the query ends" : `there is ${JSON.stringify(text)}`;
    return err({ kind: "syntax", message: `Expected ${expected}, but ${found}`, position });
  }

  #clauses(scope: Scope): Result<Clause, CqlError> {
    let left = this.#clause(scope);
    while (left.ok) {
      const operator = this.#keyword(OPERATORS);
      if (operator === null) break;
      const { position } = this.#take();
      const modifiers = this.#modifiers();
      if (!modifiers.ok) return modifiers;
      const right = this.#clause(scope);
      if (!right.ok) return right;
      left = ok({
        kind: "boolean",
        operator,
        modifiers: modifiers.value,
        left: left.value,
        right: right.value,
        position,
      });
    }
    return left;
  }

  #clause(outer: Scope): Result<Clause, CqlError> {
    let scope = outer;
    for (;;) {
      if (this.#token.kind === "(") return this.#bracketed(scope);
      if (this.#token.kind === "symbol" && this.#token.text === ">") {
        const { position } = this.#token;
        return err({
          kind: "unsupported",
          message: "Prefix assignments (> name = uri) are not supported",
          position,
        });
      }
      const first = this.#token;
      if (!this.#isText(first)) return this.#unexpected("an index or a term");
      const words = this.#words();
      const relation = this.#relation();
      if (!relation.ok) return relation;
      if (relation.value === null) return this.#term(scope, words.join(" "), first.position);
      if (words.length > 1) {
        const { comparator, position } = relation.value;
        const message = `Before ${comparator} there must be one index, not the words ${JSON.stringify(words.join(" "))}`;
        return err({ kind: "syntax", message, position });
      }
      scope = { index: words[0] ?? "", relation: relation.value };
    }
  }

  #bracketed(scope: Scope): Result<Clause, CqlError> {
    const { position } = this.#take();
    this.#depth += 1;
    if (this.#depth > limits.depth) {
      return err({ kind: "too-large", message: `Brackets are nested deeper than ${limits.depth}`, position });
    }
    const inner = this.#clauses(scope);
    if (!inner.ok) return inner;
    if (this.#token.kind !== ")") return this.#unexpected("a boolean operator (and, or, not) or )");
    this.#take();
    this.#depth -= 1;
    return inner;
  }

  #term({ index, relation }: Scope, term: string, position: number): Result<Clause, CqlError> {
    this.#terms += 1;
    if (this.#terms > limits.terms) {
      return err({ kind: "too-large", message: `There are more than ${limits.terms} terms`, position });
    }
    return ok({ kind: "term", index, relation, term, position });
  }

  /** An index, or the words of a term: only the second one can be the name of a relation. */
  #words(): readonly string[] {
    const words = [this.#take().text];
    while (this.#isPlainText(this.#token) && (words.length > 1 || !this.#isNamedRelation())) {
      words.push(this.#take().text);
    }
    return words;
  }

  /** @returns null where there is none, so that what stands before it is a term */
  #relation(): Result<Relation | null, CqlError> {
    const { kind, text, position } = this.#token;
    if (kind === "word" && text.includes(".")) {
      return err({
        kind: "unsupported",
        message: `The relation ${JSON.stringify(text)} is not supported`,
        position,
      });
    }
    const comparator = this.#symbol() ?? this.#namedComparator();
    if (comparator === null) return ok(null);
    this.#take();
    const modifiers = this.#modifiers();
    return modifiers.ok ? ok({ comparator, modifiers: modifiers.value, position }) : modifiers;
  }

  /** With a dot it is one of a context set. */
  #isNamedRelation(): boolean {
    const { kind, text } = this.#token;
    return kind === "word" && (text.includes(".") || this.#namedComparator() !== null);
  }

  #namedComparator(): Comparator | null {
    const { kind, text } = this.#token;
    return kind === "word" ? (NAMED.find((name) => name === text.toLowerCase()) ?? null) : null;
  }

  #modifiers(): Result<readonly Modifier[], CqlError> {
    const modifiers: Modifier[] = [];
    for (let slash = this.#token; slash.kind === "/"; slash = this.#token) {
      const { position } = this.#take();
      if (!this.#isWord()) return this.#unexpected("a modifier");
      const name = this.#take().text.toLowerCase();
      const comparator = this.#symbol();
      if (comparator === null) {
        modifiers.push({ name, comparator: null, value: null, position });
        continue;
      }
      this.#take();
      if (!this.#isText(this.#token)) return this.#unexpected("the value of a modifier");
      modifiers.push({ name, comparator, value: this.#take().text, position });
    }
    return ok(modifiers);
  }

  #sortKeys(): Result<readonly SortKey[], CqlError> {
    const keys: SortKey[] = [];
    if (!isKeyword(this.#token, "sortby")) return ok(keys);
    this.#take();
    while (this.#isText(this.#token)) {
      const { text: index, position } = this.#take();
      const modifiers = this.#modifiers();
      if (!modifiers.ok) return modifiers;
      keys.push({ index, modifiers: modifiers.value, position });
    }
    return keys.length === 0 ? this.#unexpected("an index to sort by") : ok(keys);
  }

  #keyword<const T extends string>(words: readonly T[]): T | null {
    return words.find((word) => isKeyword(this.#token, word)) ?? null;
  }

  #symbol(): SymbolComparator | null {
    return this.#token.kind === "symbol" ? symbolOf(this.#token.text) : null;
  }

  #isWord(): boolean {
    return this.#token.kind === "word";
  }

  /** Keywords may stand for themselves where only an index or a term can. */
  #isText({ kind }: Token): boolean {
    return kind === "word" || kind === "string";
  }

  #isPlainText(token: Token): boolean {
    return this.#isText(token) && this.#keyword(OPERATORS) === null && !isKeyword(token, "sortby");
  }
}

const END: Token = { kind: "end", text: "", position: 0 };
const COMPARATORS: readonly SymbolComparator[] = ["=", "==", "<>", "<", "<=", ">", ">="];

function symbolOf(text: string): SymbolComparator | null {
  return COMPARATORS.find((each) => each === text) ?? null;
}

/** Quoted it is none. */
function isKeyword({ kind, text }: Token, keyword: string): boolean {
  return kind === "word" && text.toLowerCase() === keyword;
}
