import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { RawJson } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { typedPath } from "../caller-folder.ts";
import { columns } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions, type Connection } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";
import { readModuleFiles, type LocalModule, type ModuleFiles } from "../module-files.ts";

export const moduleImport = command({
  path: "module import",
  summary: "makes module descriptors known, all or none of them",
  description:
    "All descriptors go in one call: the dependencies of each must be known already or be among them.\n" +
    "What is known with the same content stays as it is; an id never changes its content.",
  examples: [
    { line: "module import descriptors/", says: "every .json file of a folder" },
    { line: "module import mod-users.json mod-login.json", says: "single descriptors" },
    { line: "module import all.json --dry-run", says: "what is new, known or different; nothing is changed" },
  ],
  operands: {
    files: {
      kind: "many",
      label: "FILE|DIR",
      help: "a descriptor, an array of descriptors, or a folder of such files",
    },
  },
  options: {
    "dry-run": { kind: "flag", help: "say what is new, known or different, and change nothing" },
    "no-check": { kind: "flag", help: "import even where dependencies are not known" },
    ...connectionOptions,
  },
  exits: {
    0: "all are known",
    1: "refused, or a file cannot be read: nothing was imported",
    ...connectionExits,
  },
  run: async ({ operands, options, json }, context) => {
    const read = readModuleFiles(operands.files.map((path) => typedPath(path, context.folder)));
    if (!read.ok) return read;
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const compared = await compare(read.value.modules, connection.value, options["dry-run"]);
    if (!compared.ok) return compared;
    const { terminal } = context;
    if (options["dry-run"]) {
      terminal.print(json ? JSON.stringify(compared.value, null, 2) : dryRunPage(compared.value));
      const [first] = compared.value.differs;
      return first === undefined
        ? ok(undefined)
        : err(
            failure(
              1,
              `${first} is known with another content`,
              "an id cannot change: give it a new version",
            ),
          );
    }
    const imported = await importModules(read.value, connection.value, { isChecked: !options["no-check"] });
    if (!imported.ok) return imported;
    const { new: added, known } = compared.value;
    terminal.print(
      json
        ? JSON.stringify({ new: added, known }, null, 2)
        : `${added.length} imported, ${known.length} known before.`,
    );
    return ok(undefined);
  },
});

/** One call for all of them. */
export async function importModules(
  files: ModuleFiles,
  connection: Connection,
  { isChecked }: { readonly isChecked: boolean },
): Promise<Result<void, Failure>> {
  const answer = await connection.client.modules.import({
    body: new RawJson(files.text),
    idempotencyKey: randomUUID(),
    ...(!isChecked && { query: { check: false } }),
  });
  const accepted = accept(answer, connection);
  return accepted.ok ? ok(undefined) : accepted;
}

/** Ids of local descriptors, by what an import would find. `differs` is only looked for in a dry run. */
export interface Comparison {
  readonly new: readonly string[];
  readonly known: readonly string[];
  readonly differs: readonly string[];
}

const CALLS_AT_ONCE = 8;

async function compare(
  modules: readonly LocalModule[],
  connection: Connection,
  looksInside: boolean,
): Promise<Result<Comparison, Failure>> {
  const listed = await knownModuleIds(connection);
  if (!listed.ok) return listed;
  const known = modules.filter(({ id }) => listed.value.has(id));
  const differs = looksInside ? await differingFrom(known, connection) : ok([]);
  if (!differs.ok) return differs;
  return ok({
    new: modules.map(({ id }) => id).filter((id) => !listed.value.has(id)),
    known: known.map(({ id }) => id).filter((id) => !differs.value.includes(id)),
    differs: differs.value,
  });
}

/** Ids of local descriptors that the gateway knows with another content. */
async function differingFrom(
  modules: readonly LocalModule[],
  connection: Connection,
): Promise<Result<readonly string[], Failure>> {
  const differs: string[] = [];
  for (let next = 0; next < modules.length; next += CALLS_AT_ONCE) {
    const some = modules.slice(next, next + CALLS_AT_ONCE);
    const answers = await Promise.all(some.map(({ id }) => connection.client.modules.get({ moduleId: id })));
    for (const [index, answer] of answers.entries()) {
      const accepted = accept(answer, connection);
      if (!accepted.ok) return accepted;
      const local = some[index];
      if (local !== undefined && !isDeepStrictEqual(accepted.value.value, local.descriptor))
        differs.push(local.id);
    }
  }
  return ok(differs);
}

export async function knownModuleIds(connection: Connection): Promise<Result<ReadonlySet<string>, Failure>> {
  const listed = accept(await connection.client.modules.list(), connection);
  if (!listed.ok) return listed;
  const { value } = listed.value;
  return ok(new Set(typeof value === "string" ? [] : value.map(({ id }) => id)));
}

function dryRunPage(compared: Comparison): string {
  const rows = [
    ...compared.new.map((id) => ["new", id]),
    ...compared.known.map((id) => ["known", id]),
    ...compared.differs.map((id) => ["differs", id]),
  ];
  const sum = `${compared.new.length} new, ${compared.known.length} known, ${compared.differs.length} different. Nothing was changed.`;
  return `${columns(rows, "  ")}\n\n${sum}`;
}
