import { componentSchemas, operations } from "@octavo/management-api";
import { declaration } from "./generate-types.ts";

/** generated/schemas.ts of the client: one type per named schema. */
export function schemasFile(): string {
  const used = operations.flatMap(({ body, answers }) => [
    ...(body === null ? [] : [body.schema]),
    ...answers.flatMap(({ schema }) => (schema === null ? [] : [schema])),
  ]);
  return [...componentSchemas(used)].map(([name, schema]) => declaration(name, schema)).join("\n");
}
