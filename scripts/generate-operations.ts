import {
  componentSchemas,
  operations,
  parameterNamesOf,
  schemaForm,
  type Operation,
  type QueryParameter,
} from "@octavo/management-api";
import { docText, typeText } from "./generate-types.ts";

/** generated/operations.ts of the client: the type of every method, and the object that has them. */
export function operationsFile(): string {
  const tree = treeOf(operations);
  return [
    `import type { Answer } from "../answer.ts";`,
    `import type { Call, CallOptions, WriteOptions } from "../call.ts";`,
    `import type { RawJson } from "../raw-json.ts";`,
    `import type {\n${importedSchemas()}} from "./schemas.ts";`,
    "",
    ...operations.filter(({ query }) => query.length > 0).map(queryInterface),
    `export interface Operations ${interfaceText(tree, "")}\n`,
    `export function createOperations(call: Call): Operations {`,
    `  return ${objectText(tree, "  ")};`,
    `}\n`,
  ].join("\n");
}

/** Methods by the parts of their names: { tenants: { modules: { list } } }. */
interface Tree {
  readonly [part: string]: Tree | Operation;
}

function treeOf(all: readonly Operation[], depth = 0): Tree {
  const groups = Map.groupBy(all, ({ name }) => name.split(".")[depth] ?? "");
  return Object.fromEntries(
    [...groups].map(([part, members]) => {
      const [first] = members;
      const isLeaf = first !== undefined && first.name.split(".").length === depth + 1;
      return [part, isLeaf ? first : treeOf(members, depth + 1)];
    }),
  );
}

function isOperation(node: Tree | Operation): node is Operation {
  return typeof node["name"] === "string";
}

function interfaceText(tree: Tree, indent: string): string {
  const inside = `${indent}  `;
  const lines = Object.entries(tree).map(([part, node]) =>
    isOperation(node)
      ? `${docText(docOf(node), inside)}${inside}${part}(${inputText(node)}): Promise<Answer<${valueText(node)}>>;\n`
      : `${inside}readonly ${part}: ${interfaceText(node, inside)};\n`,
  );
  return `{\n${lines.join("")}${indent}}`;
}

function objectText(tree: Tree, indent: string): string {
  const inside = `${indent}  `;
  const lines = Object.entries(tree).map(([part, node]) =>
    isOperation(node)
      ? `${inside}${part}: (input${isInputRequired(node) ? "" : " = {}"}) => call(${specText(node)}, input),\n`
      : `${inside}${part}: ${objectText(node, inside)},\n`,
  );
  return `{\n${lines.join("")}${indent}}`;
}

function specText({ name, method, path, writes }: Operation): string {
  return `{ name: ${JSON.stringify(name)}, method: "${method}", path: ${JSON.stringify(path)}, writes: ${writes} }`;
}

function docOf({ summary, method, path }: Operation): string {
  return `${summary}: ${method} ${path}`;
}

function inputText(operation: Operation): string {
  const { path, query, body, writes } = operation;
  const members = parameterNamesOf(path).map((name) => `readonly ${name}: string`);
  if (query.length > 0) {
    members.push(
      `readonly query${query.some(({ isRequired }) => isRequired) ? "" : "?"}: ${queryName(operation)}`,
    );
  }
  if (body !== null && canCarryBody(operation)) {
    members.push(
      `readonly body${body.isOptional ? "?" : ""}: ${typeText(schemaForm(body.schema), "")} | RawJson`,
    );
  }
  const base = writes ? "WriteOptions" : "CallOptions";
  const type = members.length === 0 ? base : `${base} & { ${members.join("; ")} }`;
  return `input${isInputRequired(operation) ? "" : "?"}: ${type}`;
}

/** fetch sends no body with GET; the one operation that takes one can do without. */
function canCarryBody({ method }: Operation): boolean {
  return method !== "GET";
}

function isInputRequired(operation: Operation): boolean {
  const { path, query, body } = operation;
  return (
    parameterNamesOf(path).length > 0 ||
    query.some(({ isRequired }) => isRequired) ||
    (body !== null && !body.isOptional && canCarryBody(operation))
  );
}

function valueText({ answers }: Operation): string {
  const good = answers.filter(({ status }) => status < 300);
  const types = good.map(({ schema }) => (schema === null ? "undefined" : typeText(schemaForm(schema), "")));
  return [...new Set(types)].join(" | ");
}

function queryName({ name }: Operation): string {
  return `${name
    .split(".")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("")}Query`;
}

function queryInterface(operation: Operation): string {
  return `export interface ${queryName(operation)} {\n${operation.query.map(queryMember).join("")}}\n`;
}

function queryMember({ name, schema, isRequired, description }: QueryParameter): string {
  return `${docText(description, "  ")}  readonly ${name}${isRequired ? "" : "?"}: ${typeText(schemaForm(schema), "  ")};\n`;
}

/** Only what the methods name, so that no import is unused. */
function importedSchemas(): string {
  const used = operations.map((operation) => `${inputText(operation)} ${valueText(operation)}`).join("\n");
  const named = new Set(used.match(/\b[A-Z]\w+\b/gu));
  const schemas = operations.flatMap(({ body, answers }) => [
    ...(body === null ? [] : [body.schema]),
    ...answers.flatMap(({ schema }) => (schema === null ? [] : [schema])),
  ]);
  return [...componentSchemas(schemas).keys()]
    .filter((name) => named.has(name))
    .map((name) => `  ${name},\n`)
    .join("");
}
