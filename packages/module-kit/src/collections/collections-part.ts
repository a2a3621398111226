import { computedFunctions, indexStatements, NORM_VERSION, sqlFunctions } from "@octavo/cql";
import { expand, expandIndexes, type Step } from "@octavo/migrations";
import type { ModulePart } from "../definition/part.ts";
import type { DocumentCollection } from "./document-collection.ts";
import { requestKeys } from "../request-keys/index.ts";
import { readRefusalOf } from "./refused-write.ts";
import { createTable, type Table, uniqueIndex } from "./table.ts";

/** What a module has of collections: their tables, the functions that searching them needs, and what their constraints mean.
 *
 *     parts: [collections(tags, loans)]
 *
 * In the order of their references: a table comes before those that refer to it. */
export function collections(...all: readonly Pick<DocumentCollection<never>, "table">[]): ModulePart {
  const tables = all.map(({ table }) => table);
  return {
    name: `collections ${tables.map(({ name }) => name).join(", ")}`,
    steps: [
      expand(`search functions v${NORM_VERSION}`, ...sqlFunctions(null)),
      ...[...computedFunctions(tables.map(({ spec }) => spec))].map(([name, made]) =>
        expand(`function ${name}`, made),
      ),
      ...tables.flatMap(stepsOf),
    ],
    refusals: tables.map(readRefusalOf),
    needs: [requestKeys()], // crudRoutes write by them
  };
}

/** Each index is a step of its own, named by what it holds: one that is declared in a later version is built then, beside everything
 * else, without its author writing a step. Taking one away is a `contract`, which is written. */
function stepsOf(table: Table): readonly Step[] {
  const unique = [...table.unique.values()].map((each) => ({
    ...uniqueIndex(table.spec, each),
    isUnique: true,
  }));
  return [
    expand(`table ${table.name}`, createTable(table)),
    ...expandIndexes([...unique, ...indexStatements(table.spec)]),
  ];
}
