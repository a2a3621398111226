import { randomUUID } from "node:crypto";
import { ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";

export const clusterFinalize = command({
  path: "cluster finalize",
  summary: "lets the gateways write what only their version knows, once all of them run it",
  description:
    "There is no way back: a gateway of the version before does not start on this database any more.\n" +
    "Before it, every gateway can go back to the version before.",
  examples: [
    { line: "cluster finalize --dry-run", says: "which protocol is active, and which could be" },
    { line: "cluster finalize", says: "refused while a live gateway does not know it" },
  ],
  operands: {},
  options: { "dry-run": { kind: "flag", help: "only say what would change" }, ...connectionOptions },
  exits: { 0: "it is active", 1: "a live gateway does not know it yet", ...connectionExits },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const { terminal } = context;
    const { cluster } = connection.value.client;
    if (options["dry-run"]) {
      const seen = accept(await cluster.status(), connection.value);
      if (!seen.ok) return seen;
      const { active, newest } = seen.value.value.protocol;
      terminal.print(
        json
          ? JSON.stringify({ before: active, active: newest })
          : `Protocol ${active} is active, ${newest} would be. Nothing was changed.`,
      );
      return ok(undefined);
    }
    const finalized = accept(await cluster.finalize({ idempotencyKey: randomUUID() }), connection.value);
    if (!finalized.ok) return finalized;
    const { before, active } = finalized.value.value;
    const done =
      before === active ? `Protocol ${active} was active already.` : `Protocol ${active} is active.`;
    terminal.print(json ? finalized.value.text : done);
    return ok(undefined);
  },
});
