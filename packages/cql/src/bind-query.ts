import { assert, err, ok, type Result } from "@octavo/result";
import { bindTerm } from "./bind-term.ts";
import type { TermScope } from "./term-scope.ts";
import { allOf, ALL, anyOf, type Condition, depthOf, not, related } from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import { bindSort, type SortOrder } from "./bind-sort.ts";
import { type BooleanClause, type Clause, type Query, SERVER_CHOICE, type TermClause } from "./query.ts";
import { type Table, tableNamed, type Tables } from "./table-spec.ts";

/** A query against one table, understood: evaluated (evaluate.ts) or printed as SQL (compile-sql.ts). */
export interface BoundQuery {
  readonly tables: Tables;
  readonly table: Table;
  readonly where: Condition;
  /** Without the keys that mean nothing here. */
  readonly sortBy: readonly SortOrder[];
  /** Keys of `sortby` that no index has. They sort nothing: clients write `sortby date desc`, in which `desc` is a second key.
   * For the caller to count and to log. */
  readonly ignoredSortKeys: readonly string[];
}

/** How deep conditions may lie in one another, foreign tables included. */
export const MAX_CONDITION_DEPTH = 200;

/** Understands a query as RAML Module Builder's modules do (docs/cql.md), by the declarations of the tables.
 * @param table the name of the one that is searched
 * @returns err "unknown-index" for a name that is not declared; "unsupported", "bad-term", "too-large" with the place */
export function bindQuery(query: Query, tables: Tables, table: string): Result<BoundQuery, CqlError> {
  const searched = tableNamed(tables, table);
  const where = bindClause(query.where, { tables, table: searched });
  if (!where.ok) return where;
  if (depthOf(where.value) > MAX_CONDITION_DEPTH) {
    const message = `The query nests its operators deeper than ${MAX_CONDITION_DEPTH}`;
    return err({ kind: "too-large", message, position: query.where.position });
  }
  const sort = bindSort(query.sortBy, searched);
  if (!sort.ok) return sort;
  return ok({ tables, table: searched, where: where.value, ...sort.value });
}

interface Scope {
  readonly tables: Tables;
  readonly table: Table;
}

/** Long queries lean to the left: that side is walked in a loop, only brackets recur. */
function bindClause(clause: Clause, scope: Scope): Result<Condition, CqlError> {
  const spine: BooleanClause[] = [];
  let first = clause;
  for (; first.kind === "boolean"; first = first.left) spine.push(first);
  const start = bindNamed(first, scope);
  if (!start.ok) return start;
  const chain = new Chain(start.value);
  for (const node of spine.toReversed()) {
    const refusal = refused(node);
    if (refusal !== null) return err(refusal);
    const right = bindClause(node.right, scope);
    if (!right.ok) return right;
    chain.add(node.operator, right.value);
  }
  return ok(chain.end());
}

function refused({ operator, modifiers, position }: BooleanClause): CqlError | null {
  if (operator === "prox") return { kind: "unsupported", message: "prox is not supported", position };
  const [modifier] = modifiers;
  if (modifier === undefined) return null;
  const message = `The modifier ${modifier.name} of ${operator} is not supported`;
  return { kind: "unsupported", message, position: modifier.position };
}

/** Operators from left to right; those that follow an equal one are joined with it at once. */
class Chain {
  #operator: "and" | "or" = "and";
  #operands: Condition[];

  constructor(first: Condition) {
    this.#operands = [first];
  }

  add(operator: BooleanClause["operator"], right: Condition): void {
    assert(operator !== "prox", "prox was refused before");
    const joins = operator === "or" ? "or" : "and";
    if (joins !== this.#operator) {
      this.#operands = [this.end()];
      this.#operator = joins;
    }
    this.#operands.push(operator === "not" ? not(right) : right);
  }

  end(): Condition {
    return this.#operator === "and" ? allOf(this.#operands) : anyOf(this.#operands);
  }
}

/** Finds whose field a name is: everybody's, another table's or ours. */
function bindNamed(clause: TermClause, { tables, table }: Scope): Result<Condition, CqlError> {
  const { index } = clause;
  if (index.toLowerCase() === "cql.allrecords") return ok(ALL);
  if (index.toLowerCase() === SERVER_CHOICE.toLowerCase()) return bindServerChoice(clause, table);
  const dot = index.indexOf(".");
  const foreign = dot < 0 ? undefined : table.foreign.get(index.slice(0, dot));
  if (foreign === undefined) return bindField(clause, index, table);
  const target = tableNamed(tables, foreign.steps.at(-1)?.table ?? "");
  const where = bindField(clause, index.slice(dot + 1), target);
  return where.ok ? ok(related(foreign, where.value)) : where;
}

function bindServerChoice(clause: TermClause, table: Table): Result<Condition, CqlError> {
  const names = table.spec.serverChoice ?? [];
  if (names.length === 0) {
    const message = "A term must name an index here: none is searched without";
    return err({ kind: "unknown-index", message, position: clause.position });
  }
  const conditions: Condition[] = [];
  for (const name of names) {
    const condition = bindField(clause, name, table);
    if (!condition.ok) return condition;
    conditions.push(condition.value);
  }
  return ok(anyOf(conditions));
}

function bindField(clause: TermClause, name: string, table: Table): Result<Condition, CqlError> {
  const field = table.indexes.get(name);
  if (field === undefined) {
    const message = `There is no index ${JSON.stringify(clause.index)}`;
    return err({ kind: "unknown-index", message, position: clause.relation.position });
  }
  const scope: TermScope = { clause, isDynamic: table.dynamic.has(name) };
  return bindTerm(field, scope);
}
