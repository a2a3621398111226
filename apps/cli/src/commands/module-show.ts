import { ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { modulePage } from "../module-page.ts";

export const moduleShow = command({
  path: "module show",
  summary: "shows what a module provides and requires",
  examples: [
    { line: "module show mod-users-19.4.1", says: "a summary" },
    { line: "module show mod-users-19.4.1 --json", says: "the whole descriptor, as it was imported" },
  ],
  operands: { id: { kind: "one", label: "ID", help: "id of a known module, with its version" } },
  options: { ...connectionOptions },
  exits: { 0: "shown", 1: "not known", ...connectionExits },
  run: async ({ operands: { id }, options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const found = accept(await connection.value.client.modules.get({ moduleId: id }), connection.value, {
      message: `no module ${id} is known`,
      remedy: `see: ${context.invocation} module list --filter ${id.replace(/-\d.*$/u, "")}`,
    });
    if (!found.ok) return found;
    context.terminal.print(json ? found.value.text : modulePage(found.value.value, context.terminal.paint));
    return ok(undefined);
  },
});
