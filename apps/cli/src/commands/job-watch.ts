import { command } from "../command.ts";
import { connect, connectionExits, connectionOptions } from "../connection.ts";
import { followJob } from "../follow-job.ts";
import { jobExits, outcomeOf } from "../job-outcome.ts";
import { jobPage } from "../job-page.ts";

export const jobWatch = command({
  path: "job watch",
  summary: "follows a job until it has ended or waits for a human",
  description:
    "What happens is told on stderr, the job as it stands then on stdout. Ctrl-C leaves the job alone.",
  examples: [{ line: "job watch 6f1c0b1e-2c5d-4b52-8f5c-5d1c3a9b7e10", says: "from its beginning" }],
  operands: { job: { kind: "one", label: "JOB", help: "id of a job" } },
  options: { ...connectionOptions },
  exits: { ...connectionExits, ...jobExits },
  run: async ({ operands, options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const { terminal } = context;
    const job = await followJob(operands.job, connection.value, terminal);
    if (!job.ok) return job;
    terminal.print(json ? JSON.stringify(job.value, null, 2) : jobPage(job.value, terminal.paint));
    return outcomeOf(job.value);
  },
});
