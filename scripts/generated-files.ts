import { openApiDocument } from "@octavo/management-api";
import manifest from "../packages/management-api/package.json" with { type: "json" };
import { operationsFile } from "./generate-operations.ts";
import { schemasFile } from "./generate-schemas.ts";

const notice = "// Written by npm run generate from packages/management-api. Changes belong there.\n";

/** All generated files by their path from the root. The same table gives the same bytes. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/openapi.json", `${JSON.stringify(openApiDocument(manifest.version), null, 2)}\n`],
    ["packages/client/src/generated/schemas.ts", `${notice}\n${schemasFile()}`],
    ["packages/client/src/generated/operations.ts", `${notice}${operationsFile()}`],
  ]);
}
