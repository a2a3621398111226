import { ok } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const operatorList = command({
  path: "operator list",
  summary: "lists who may use the management API",
  examples: [{ line: "operator list", says: "tokens are not kept, and cannot be shown" }],
  operands: {},
  options: { ...connectionOptions },
  exits: { 0: "listed", 1: "failed", ...connectionExits },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const listed = accept(await connection.value.client.operators.list(), connection.value);
    if (!listed.ok) return listed;
    const { terminal } = context;
    const rows = listed.value.value.map(({ id, name, roles, createdAt }) => [
      id,
      name,
      roles.join(","),
      createdAt,
    ]);
    terminal.print(
      json
        ? listed.value.text
        : table(["ID", "NAME", "ROLES", "CREATED"], rows, terminal.paint.bold, "No operators."),
    );
    return ok(undefined);
  },
});
