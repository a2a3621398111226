import { ok } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const discoveryList = command({
  path: "discovery list",
  summary: "lists the instances of modules that the gateway knows",
  examples: [
    { line: "discovery list", says: "all of them" },
    { line: "discovery list mod-users-19.4.1", says: "those of one module" },
  ],
  operands: { module: { kind: "optional", label: "MODULE", help: "id of a module" } },
  options: { ...connectionOptions },
  exits: { 0: "listed", 1: "failed, or the module has no instance", ...connectionExits },
  run: async ({ operands: { module: serviceId }, options, json }, context) => {
    const opened = connect(options, context);
    if (!opened.ok) return opened;
    const connection = opened.value;
    const { modules } = connection.client.discovery;
    const answer = serviceId === undefined ? await modules.list() : await modules.listOf({ serviceId });
    const listed = accept(answer, connection, { message: `${serviceId} has no instance`, remedy: null });
    if (!listed.ok) return listed;
    const { terminal } = context;
    const rows = listed.value.value.map(({ srvcId = "", instId = "", url = "", nodeId = "" }) => [
      srvcId,
      instId,
      url,
      nodeId,
    ]);
    terminal.print(
      json
        ? listed.value.text
        : table(["MODULE", "INSTANCE", "URL", "NODE"], rows, terminal.paint.bold, "No instances."),
    );
    return ok(undefined);
  },
});
