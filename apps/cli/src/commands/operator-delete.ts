import { randomUUID } from "node:crypto";
import { ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const operatorDelete = command({
  path: "operator delete",
  summary: "removes an operator; the token stops working at once",
  examples: [
    { line: "operator delete 4f1c0a9be2d7", says: "ids are in: octavo operator list" },
    { line: "operator delete 4f1c0a9be2d7 --dry-run", says: "who that is" },
  ],
  operands: { id: { kind: "one", label: "ID", help: "id of the operator" } },
  options: { "dry-run": { kind: "flag", help: "only say who would be removed" }, ...connectionOptions },
  exits: {
    0: "removed",
    1: "there is none with this id, or it is the last administrator",
    ...connectionExits,
  },
  run: async ({ operands: { id: operatorId }, options, json }, context) => {
    const opened = connect(options, context);
    if (!opened.ok) return opened;
    const connection = opened.value;
    const { operators } = connection.client;
    const notFound = {
      message: `there is no operator ${operatorId}`,
      remedy: `see: ${context.invocation} operator list`,
    };
    const { terminal } = context;
    if (options["dry-run"]) {
      const found = accept(await operators.get({ operatorId }), connection, notFound);
      if (!found.ok) return found;
      const { name, roles } = found.value.value;
      terminal.print(
        json
          ? found.value.text
          : `${operatorId} (${name}, ${roles.join(", ")}) would be removed. Nothing was changed.`,
      );
      return ok(undefined);
    }
    const removed = accept(
      await operators.delete({ operatorId, idempotencyKey: randomUUID() }),
      connection,
      notFound,
    );
    if (!removed.ok) return removed;
    terminal.print(json ? JSON.stringify({ removed: operatorId }) : `Operator ${operatorId} removed.`);
    return ok(undefined);
  },
});
