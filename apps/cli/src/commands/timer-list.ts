import { ok } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const timerList = command({
  path: "timer list",
  summary: "lists a tenant's timers: when each fires, and how it last ended",
  examples: [
    { line: "timer list demo", says: "times are UTC" },
    { line: "timer list demo --json", says: "with what each calls" },
  ],
  operands: { tenant: { kind: "one", label: "TENANT", help: "id of a tenant" } },
  options: { ...connectionOptions },
  exits: { 0: "listed", 1: "there is no such tenant", ...connectionExits },
  run: async ({ operands: { tenant }, options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const listed = accept(await connection.value.client.timers.list({ tenantId: tenant }), connection.value, {
      message: `there is no tenant ${tenant}`,
      remedy: `see: ${context.invocation} tenant list`,
    });
    if (!listed.ok) return listed;
    const { terminal } = context;
    const rows = listed.value.value.map((timer) => [
      timer.id,
      timer.state,
      timer.modified ? `${timer.cadence} (changed)` : timer.cadence,
      timer.nextDue ?? "-",
      timer.lastOutcome ?? "-",
      timer.lastEndedAt ?? "-",
    ]);
    const header = ["ID", "STATE", "FIRES", "NEXT", "LAST", "ENDED"];
    terminal.print(json ? listed.value.text : table(header, rows, terminal.paint.bold, "No timers."));
    return ok(undefined);
  },
});
