import { type ProgramTree, treeWith } from "./program-tree.ts";

const REGISTRY = "packages/registry/src";

/** This program as a version to come: one more migration, one more protocol. */
export function nextVersion(): ProgramTree {
  return treeWith({
    [`${REGISTRY}/migrations/9999-next.ts`]: () =>
      'import type { Migration } from "../migrate.ts";\n\n' +
      'export const next: Migration = { version: 9999, name: "next", sql: "alter table octavo.tenant add column note text" };\n',
    [`${REGISTRY}/migrations/all-migrations.ts`]: (text) =>
      `import { next } from "./9999-next.ts";\n${replaced(text, "\n];", "\n  next,\n];")}`,
    [`${REGISTRY}/protocol.ts`]: (text) => replaced(text, "max: 1,", "max: 2,"),
  });
}

/** What is to be replaced must be there: the version to come would else be this one. */
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`there is no ${JSON.stringify(from)} any more`);
  return text.replace(from, to);
}
