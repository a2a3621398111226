export type { CqlError } from "./cql-error.ts";
export { limits, parseQuery } from "./parse-query.ts";
export { printQuery } from "./print-query.ts";
export * from "./query.ts";
