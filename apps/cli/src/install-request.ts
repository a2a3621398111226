import type { PlanRequest, WantedModule } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { typedPath } from "./caller-folder.ts";
import type { CommandContext, OptionSpecs } from "./command.ts";
import { accept, type Connection } from "./connection.ts";
import { failure, type Failure } from "./exit-codes.ts";
import { versionFilter } from "./explain-plan.ts";
import { readInstallFile } from "./install-file.ts";

/** Options that say which modules are meant, beside those that are named. */
export const wantedOptions = {
  file: { kind: "list", value: "FILE", help: 'JSON: [{"id": ..., "action": "enable"}, ...]' },
  disable: { kind: "list", value: "MODULE", help: "module to disable" },
  all: { kind: "flag", help: "enable the newest version of every known product" },
  reinstall: { kind: "flag", help: "also steps for what is enabled in the same version" },
} as const satisfies OptionSpecs;

interface WantedInput {
  readonly file: readonly string[];
  readonly disable: readonly string[];
  readonly all: boolean;
  readonly reinstall: boolean;
  readonly "pre-release": string | undefined;
  readonly "npm-snapshot": string | undefined;
}

/** What is asked for on a command line, as a plan request has it. */
export async function installRequest(
  named: readonly string[],
  input: WantedInput,
  connection: Connection,
  { folder, invocation }: CommandContext,
): Promise<Result<PlanRequest & { readonly modules: readonly WantedModule[] }, Failure>> {
  const filter = versionFilter(input);
  if (!filter.ok) return filter;
  const files = input.file.map((path) => typedPath(path, folder));
  const wanted = namedModules(named, input.disable, files);
  if (!wanted.ok) return wanted;
  if (wanted.value.length === 0 && !input.all) {
    return err(
      failure(
        2,
        "no module is named: name one, or --file, --disable or --all",
        `see: ${invocation} plan install --help`,
      ),
    );
  }
  const everything = input.all ? await newestOfAll(connection, filter.value) : ok([]);
  if (!everything.ok) return everything;
  return ok({
    kind: "install",
    modules: [...wanted.value, ...everything.value],
    ...(input.reinstall && { reinstall: true }),
    ...filter.value,
  });
}

function namedModules(
  enable: readonly string[],
  disable: readonly string[],
  files: readonly string[],
): Result<readonly WantedModule[], Failure> {
  const wanted: WantedModule[] = [
    ...enable.map((id) => ({ id, action: "enable" as const })),
    ...disable.map((id) => ({ id, action: "disable" as const })),
  ];
  for (const file of files) {
    const read = readInstallFile(file);
    if (!read.ok) return read;
    wanted.push(...read.value);
  }
  return ok(wanted);
}

/** The platform's own module is enabled everywhere it has to be, and is not asked for. */
async function newestOfAll(
  connection: Connection,
  filter: Pick<PlanRequest, "preRelease" | "npmSnapshot">,
): Promise<Result<readonly WantedModule[], Failure>> {
  const listed = accept(
    await connection.client.modules.list({ query: { latest: 1, ...filter } }),
    connection,
  );
  if (!listed.ok) return listed;
  const { value } = listed.value;
  const ids = typeof value === "string" ? [] : value.map(({ id }) => id);
  return ok(ids.filter((id) => !/^okapi-\d/u.test(id)).map((id) => ({ id })));
}
