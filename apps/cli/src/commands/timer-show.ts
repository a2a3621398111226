import { ok } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { noSuchTimer, timerOperands } from "../timer-operands.ts";

export const timerShow = command({
  path: "timer show",
  summary: "shows a timer and its last fires, with what went wrong",
  examples: [{ line: "timer show demo mod-circulation-storage_0", says: "ids are in: octavo timer list" }],
  operands: timerOperands,
  options: { ...connectionOptions },
  exits: { 0: "shown", 1: "there is no such tenant or timer", ...connectionExits },
  run: async ({ operands: { tenant, timer: timerId }, options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const { timers } = connection.value.client;
    const found = accept(
      await timers.get({ tenantId: tenant, timerId }),
      connection.value,
      noSuchTimer(tenant, timerId, context.invocation),
    );
    if (!found.ok) return found;
    const { terminal } = context;
    if (json) {
      terminal.print(found.value.text);
      return ok(undefined);
    }
    const { id, moduleId, method, path, cadence, state, modified, nextDue, fires } = found.value.value;
    const rows = fires.map((fire) => [
      fire.startedAt,
      fire.endedAt ?? "-",
      fire.outcome,
      String(fire.status ?? "-"),
      fire.message ?? "",
    ]);
    terminal.print(
      [
        terminal.paint.bold(id),
        `  calls   ${method} ${path} of ${moduleId}`,
        `  fires   ${cadence}${modified ? ", changed from what the module declares" : ""}`,
        `  state   ${state}${nextDue === undefined ? "" : `, next at ${nextDue}`}`,
        "",
        table(
          ["STARTED", "ENDED", "OUTCOME", "STATUS", ""],
          rows,
          terminal.paint.bold,
          "It has not fired yet.",
        ),
      ].join("\n"),
    );
    return ok(undefined);
  },
});
