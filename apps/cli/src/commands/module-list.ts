import type { ModuleDescriptor, ModuleSummary } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";

/** What a column shows, and whether the brief form of the list has it. */
interface Column {
  readonly isBrief: boolean;
  readonly cell: (module: ModuleSummary & ModuleDescriptor) => string;
}

const columnsByName: Readonly<Record<string, Column>> = {
  id: { isBrief: true, cell: ({ id }) => id },
  name: { isBrief: true, cell: ({ name }) => name ?? "" },
  tags: { isBrief: true, cell: ({ tags }) => (tags ?? []).join(",") },
  provides: { isBrief: false, cell: ({ provides }) => String(provides?.length ?? 0) },
  requires: { isBrief: false, cell: ({ requires }) => String(requires?.length ?? 0) },
  routes: {
    isBrief: false,
    cell: ({ provides }) =>
      String((provides ?? []).reduce((sum, each) => sum + (each.handlers?.length ?? 0), 0)),
  },
  permissions: { isBrief: false, cell: ({ permissionSets }) => String(permissionSets?.length ?? 0) },
};

export const moduleList = command({
  path: "module list",
  summary: "lists the modules that are known",
  examples: [
    { line: "module list --filter mod-inventory", says: "every known version of one product" },
    {
      line: "module list --provide users=16.3 --latest 1",
      says: "newest version of each product that provides an interface",
    },
    { line: "module list --columns id,provides,requires,routes", says: "with counts" },
  ],
  operands: {},
  options: {
    filter: {
      kind: "text",
      value: "PRODUCT",
      help: "only this product, or ids that begin with product and version",
    },
    provide: { kind: "text", value: "INTERFACE", help: "only those that provide it: name, or name=version" },
    require: { kind: "text", value: "INTERFACE", help: "only those that require or can use it" },
    latest: { kind: "text", value: "N", help: "only so many versions of each product, the newest" },
    columns: {
      kind: "text",
      value: "LIST",
      help: `of ${Object.keys(columnsByName).join(", ")}; default id,name`,
    },
    ...connectionOptions,
  },
  exits: { 0: "listed", 1: "failed", ...connectionExits },
  run: async ({ options, json }, context) => {
    const { filter, provide, require, latest } = options;
    const shown = chooseColumns(options.columns ?? "id,name");
    if (!shown.ok) return shown;
    if (latest !== undefined && !/^[1-9]\d{0,5}$/u.test(latest))
      return err(failure(2, `--latest must be a number from 1, not ${latest}`));
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const answer = await connection.value.client.modules.list({
      query: {
        ...(filter !== undefined && { filter }),
        ...(provide !== undefined && { provide }),
        ...(require !== undefined && { require }),
        ...(latest !== undefined && { latest: Number(latest) }),
        ...(shown.value.some(([, column]) => !column.isBrief) && { full: true }),
      },
    });
    const listed = accept(answer, connection.value);
    if (!listed.ok) return listed;
    const { terminal } = context;
    if (json) terminal.print(listed.value.text);
    // The answer is text only where `dot` is asked for.
    else if (typeof listed.value.value !== "string")
      terminal.print(listPage(listed.value.value, shown.value, terminal.paint.bold));
    return ok(undefined);
  },
});

function listPage(
  modules: readonly (ModuleSummary | ModuleDescriptor)[],
  shown: readonly (readonly [string, Column])[],
  bold: (text: string) => string,
): string {
  return table(
    shown.map(([name]) => name.toUpperCase()),
    modules.map((module) => shown.map(([, column]) => column.cell(module))),
    bold,
    "No modules.",
  );
}

function chooseColumns(list: string): Result<readonly (readonly [string, Column])[], Failure> {
  const chosen: [string, Column][] = [];
  for (const name of list.split(",")) {
    const column = Object.hasOwn(columnsByName, name) ? columnsByName[name] : undefined;
    if (column === undefined) {
      const known = Object.keys(columnsByName);
      const meant = nearest(name, known);
      return err(
        failure(
          2,
          `unknown column "${name}"`,
          meant === null ? `there are: ${known.join(", ")}` : `did you mean ${meant}?`,
        ),
      );
    }
    chosen.push([name, column]);
  }
  return ok(chosen);
}
