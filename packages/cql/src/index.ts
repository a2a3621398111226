export { type BoundQuery, bindQuery, MAX_CONDITION_DEPTH } from "./bind-query.ts";
export type { SortOrder } from "./bind-sort.ts";
export * from "./build-query.ts";
export { comparePlaces, type SortPlace, sortPlace } from "./compare-documents.ts";
export { compileAfter, compileOrderBy } from "./compile-order.ts";
export { compileWhere, MAX_PARAMETERS, type Sql, type SqlValue } from "./compile-sql.ts";
export { type Condition, needsWords } from "./condition.ts";
export type { CqlError } from "./cql-error.ts";
export { evaluate, type Related } from "./evaluate.ts";
export {
  computedFunctions,
  type IndexStatement,
  indexStatements,
  uniqueStatement,
} from "./index-statements.ts";
export { type Json, textOfJson } from "./json-text.ts";
export { type ComputedText, type JoinedText, type MadeText, textOfField } from "./made-text.ts";
export { type Ignored, norm, NORM_VERSION } from "./norm.ts";
export { limits, parseQuery } from "./parse-query.ts";
export { printQuery } from "./print-query.ts";
export * from "./query.ts";
export { sqlFunctions } from "./sql-functions.ts";
export * from "./table-spec.ts";
export { escapeTerm } from "./term.ts";
export { wordsOf } from "./words.ts";
