// Writes what is printed from the table of operations (docs/decisions: one route table). With --check it writes nothing
// and fails where a file is not as it would be written.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./generated-files.ts";

const root = join(import.meta.dirname, "..");
const isCheck = process.argv.includes("--check");

const changed = [...generatedFiles()].filter(([path, text]) => textOf(path) !== text);
for (const [path, text] of changed) {
  if (!isCheck) writeFileSync(join(root, path), text);
  process.stderr.write(`${isCheck ? "not up to date" : "written"}: ${path}\n`);
}
if (isCheck && changed.length > 0) {
  process.stderr.write("Run npm run generate and commit what it writes.\n");
  process.exitCode = 1;
}

/** null where the file does not exist. */
function textOf(path: string): string | null {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return null;
  }
}
