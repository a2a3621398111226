import { ok } from "@octavo/result";
import { clusterPage } from "../cluster-page.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const clusterStatus = command({
  path: "cluster status",
  summary: "shows all gateways of a platform, what they share, and what wants a person",
  examples: [
    { line: "cluster status", says: "any gateway knows of all" },
    { line: "cluster status --json", says: "for a script: .warnings is empty where all is well" },
  ],
  operands: {},
  options: { ...connectionOptions },
  exits: { 0: "shown", 1: "the database does not answer", ...connectionExits },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const seen = accept(await connection.value.client.cluster.status(), connection.value);
    if (!seen.ok) return seen;
    const { terminal } = context;
    terminal.print(json ? seen.value.text : clusterPage(seen.value.value, terminal.paint));
    return ok(undefined);
  },
});
