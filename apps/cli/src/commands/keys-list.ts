import { ok } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const keysList = command({
  path: "keys list",
  summary: "lists the public keys that tokens of tenants are verified with",
  examples: [{ line: "keys list", says: "the private ones never leave the database unwrapped" }],
  operands: {},
  options: { ...connectionOptions },
  exits: { 0: "listed", 1: "failed", ...connectionExits },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const listed = accept(await connection.value.client.keys.list(), connection.value);
    if (!listed.ok) return listed;
    const { terminal } = context;
    const rows = listed.value.value.keys.map(({ kid, alg, x }) => [kid, alg, x]);
    terminal.print(
      json
        ? listed.value.text
        : table(["ID", "ALGORITHM", "PUBLIC KEY"], rows, terminal.paint.bold, "No keys."),
    );
    return ok(undefined);
  },
});
