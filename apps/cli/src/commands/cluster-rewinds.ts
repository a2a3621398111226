import { randomUUID } from "node:crypto";
import type { Answer, Client, Rewind } from "@octavo/client";
import { err, ok } from "@octavo/result";
import { columns } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { failure } from "../exit-codes.ts";
import type { Paint } from "../terminal.ts";

export const clusterRewinds = command({
  path: "cluster rewinds",
  summary: "lists failovers of the database that lost acknowledged changes, and which",
  examples: [
    {
      line: "cluster rewinds",
      says: "newest first; what octavo cluster propose says of them is beside each",
    },
  ],
  operands: {},
  options: { ...connectionOptions },
  exits: { 0: "listed", 1: "the database does not answer", ...connectionExits },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const listed = accept(await connection.value.client.rewinds.list(), connection.value);
    if (!listed.ok) return listed;
    const { terminal } = context;
    const pages = listed.value.value.map((rewind) => rewindPage(rewind, terminal.paint));
    const page = pages.length === 0 ? "The database has lost nothing." : pages.join("\n\n");
    terminal.print(json ? listed.value.text : page);
    return ok(undefined);
  },
});

interface OneRewind {
  readonly rewindId: string;
  readonly idempotencyKey: string;
}

/** A command that does something about one loss. */
function about(
  verb: "acknowledge" | "propose",
  summary: string,
  says: string,
  send: (rewinds: Client["rewinds"], rewind: OneRewind) => Promise<Answer<Rewind>>,
) {
  const example = `cluster ${verb} 6f1c0b1e-2c5d-4b52-8f5c-5d1c3a9b7e10`;
  return command({
    path: `cluster ${verb}`,
    summary,
    examples: [
      { line: example, says },
      { line: `${example} --dry-run`, says: "the loss as it stands, and no more" },
    ],
    operands: { loss: { kind: "one", label: "LOSS", help: "id of a loss: octavo cluster rewinds" } },
    options: { "dry-run": { kind: "flag", help: "only show the loss" }, ...connectionOptions },
    exits: { 0: "done", 1: "there is no such loss, or the database does not answer", ...connectionExits },
    run: async ({ operands: { loss: rewindId }, options, json }, context) => {
      const connection = connect(options, context);
      if (!connection.ok) return connection;
      const { terminal, invocation } = context;
      const { rewinds } = connection.value.client;
      const missing = {
        message: `there is no loss ${rewindId}`,
        remedy: `see: ${invocation} cluster rewinds`,
      };
      if (options["dry-run"]) {
        const listed = accept(await rewinds.list(), connection.value);
        if (!listed.ok) return listed;
        const found = listed.value.value.find(({ id }) => id === rewindId);
        if (found === undefined) return err(failure(1, missing.message, missing.remedy));
        terminal.print(json ? JSON.stringify(found) : rewindPage(found, terminal.paint));
        terminal.say("Nothing was changed.");
        return ok(undefined);
      }
      const sent = await send(rewinds, { rewindId, idempotencyKey: randomUUID() });
      const done = accept(sent, connection.value, missing);
      if (!done.ok) return done;
      terminal.print(json ? done.value.text : rewindPage(done.value.value, terminal.paint));
      return ok(undefined);
    },
  });
}

export const clusterAcknowledge = about(
  "acknowledge",
  "ends the alarm of a loss: somebody has looked after it",
  "what was lost stays listed",
  (rewinds, rewind) => rewinds.acknowledge(rewind),
);

export const clusterPropose = about(
  "propose",
  "writes lost changes once more, those that still make sense",
  "may be repeated; what was refused is told with the reason",
  (rewinds, rewind) => rewinds.propose(rewind),
);

function rewindPage(rewind: Rewind, paint: Paint): string {
  const { id, noticedAt, noticedBy, keptRevision, lostRevision, complete, acknowledgedBy } = rewind;
  const state = acknowledgedBy === undefined ? paint.warn("open") : `acknowledged by ${acknowledgedBy}`;
  const rows = rewind.changes.map((change) => [
    String(change.revision),
    change.at,
    change.actor,
    change.action,
    change.target,
    change.because === undefined ? change.outcome : `${change.outcome}: ${change.because}`,
  ]);
  return [
    `${paint.bold(`Loss ${id}`)}, ${state}`,
    `  noticed ${noticedAt} by ${noticedBy}; kept to revision ${keptRevision}, lost to ${lostRevision}`,
    ...(complete
      ? []
      : ["  More was lost than the gateways remember: compare with the audit of the old primary."]),
    ...(rows.length === 0 ? [] : [columns(rows, "  ")]),
  ].join("\n");
}
