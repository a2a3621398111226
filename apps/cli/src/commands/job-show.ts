import { ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { jobPage } from "../job-page.ts";

export const jobShow = command({
  path: "job show",
  summary: "shows a job: each step, the calls of those that are not done, what it waits for",
  examples: [{ line: "job show 6f1c0b1e-2c5d-4b52-8f5c-5d1c3a9b7e10", says: "ids are in: octavo job list" }],
  operands: { job: { kind: "one", label: "JOB", help: "id of a job" } },
  options: { ...connectionOptions },
  exits: { 0: "shown", 1: "there is no such job", ...connectionExits },
  run: async ({ operands, options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const found = accept(await connection.value.client.jobs.get({ jobId: operands.job }), connection.value, {
      message: `there is no job ${operands.job}`,
      remedy: `see: ${context.invocation} job list`,
    });
    if (!found.ok) return found;
    const { terminal } = context;
    terminal.print(json ? found.value.text : jobPage(found.value.value, terminal.paint));
    return ok(undefined);
  },
});
