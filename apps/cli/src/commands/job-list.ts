import { ok } from "@octavo/result";
import { table } from "../columns.ts";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { jobRow } from "../job-page.ts";

export const jobList = command({
  path: "job list",
  summary: "lists installs and upgrades of tenants, newest first",
  examples: [
    { line: "job list", says: "the last hundred" },
    { line: "job list --tenant demo --state open", says: "what has not ended for one tenant" },
    { line: "job list --state waiting-for-human", says: "what somebody has to decide" },
  ],
  operands: {},
  options: {
    tenant: { kind: "text", value: "TENANT", help: "only those of this tenant" },
    state: {
      kind: "text",
      value: "STATE",
      help: "open, pending, running, done, undone, failed or waiting-for-human",
    },
    ...connectionOptions,
  },
  exits: { 0: "listed", 1: "refused, as where the state is none", ...connectionExits },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const { tenant, state } = options;
    const query = { ...(tenant !== undefined && { tenant }), ...(state !== undefined && { state }) };
    const listed = accept(await connection.value.client.jobs.list({ query }), connection.value);
    if (!listed.ok) return listed;
    const { terminal } = context;
    const { bold } = terminal.paint;
    const rows = listed.value.value.jobs.map((job) => jobRow(job, terminal.paint));
    const header = ["JOB", "TENANT", "KIND", "STATE", "STEPS", "STARTED", ""];
    terminal.print(json ? listed.value.text : table(header, rows, bold, "There are no such jobs."));
    return ok(undefined);
  },
});
