import type { PlanRequest, WantedModule } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { typedPath } from "../caller-folder.ts";
import { command } from "../command.ts";
import { accept, connect, type Connection } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";
import { explainPlan, planExits, planOptions, versionFilter } from "../explain-plan.ts";
import { readInstallFile } from "../install-file.ts";

export const planInstall = command({
  path: "plan install",
  summary: "tells what an install would do for a tenant, with a reason for each step",
  description:
    "Nothing is changed. What the modules need is added; a product without a version is its newest known one.",
  examples: [
    { line: "plan install demo mod-users", says: "newest known version, and all it needs" },
    { line: "plan install demo --file install.json", says: "a whole release, as it is published" },
    { line: "plan install demo --all --json", says: "newest version of every known product, for a script" },
    {
      line: "plan install demo --disable mod-users-19.4.1",
      says: "what goes with a module that is disabled",
    },
  ],
  operands: {
    tenant: { kind: "one", label: "TENANT", help: "id of a tenant" },
    modules: { kind: "any", label: "MODULE", help: "module or product to enable" },
  },
  options: {
    file: { kind: "list", value: "FILE", help: 'JSON: [{"id": ..., "action": "enable"}, ...]' },
    disable: { kind: "list", value: "MODULE", help: "module to disable" },
    all: { kind: "flag", help: "enable the newest version of every known product" },
    reinstall: { kind: "flag", help: "also steps for what is enabled in the same version" },
    ...planOptions,
  },
  exits: planExits,
  run: async ({ operands, options, json }, context) => {
    const filter = versionFilter(options);
    if (!filter.ok) return filter;
    const named = namedModules(
      operands.modules,
      options.disable,
      options.file.map((path) => typedPath(path, context.folder)),
    );
    if (!named.ok) return named;
    if (named.value.length === 0 && !options.all) {
      return err(
        failure(
          2,
          "nothing to plan: name a module, or --file, --disable or --all",
          "see: octavo plan install --help",
        ),
      );
    }
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const everything = options.all ? await newestOfAll(connection.value, filter.value) : ok([]);
    if (!everything.ok) return everything;
    const request: PlanRequest = {
      kind: "install",
      modules: [...named.value, ...everything.value],
      ...(options.reinstall && { reinstall: true }),
      ...filter.value,
    };
    return explainPlan(operands.tenant, request, connection.value, context, json);
  },
});

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
