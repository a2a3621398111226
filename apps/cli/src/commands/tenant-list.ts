import { ok } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const tenantList = command({
  path: "tenant list",
  summary: "lists the tenants",
  examples: [
    { line: "tenant list", says: "ordered by id; supertenant is the platform's own" },
    { line: "tenant list --json", says: "for a script" },
  ],
  operands: {},
  options: { ...connectionOptions },
  exits: { 0: "listed", 1: "failed", ...connectionExits },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const listed = accept(await connection.value.client.tenants.list(), connection.value);
    if (!listed.ok) return listed;
    const { terminal } = context;
    const rows = listed.value.value.map(({ id = "", name = "", description = "" }) => [
      id,
      name,
      description,
    ]);
    terminal.print(
      json
        ? listed.value.text
        : table(["ID", "NAME", "DESCRIPTION"], rows, terminal.paint.bold, "No tenants."),
    );
    return ok(undefined);
  },
});
