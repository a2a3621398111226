import { randomUUID } from "node:crypto";
import type { Answer, Client, Job } from "@octavo/client";
import { ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { jobPage } from "../job-page.ts";

interface OneJob {
  readonly jobId: string;
  readonly idempotencyKey: string;
}

/** A command that tells a job what a human has found out, or wants. */
function answering(
  verb: "resume" | "retry" | "fail" | "cancel",
  summary: string,
  says: string,
  send: (jobs: Client["jobs"], job: OneJob) => Promise<Answer<Job>>,
) {
  return command({
    path: `job ${verb}`,
    summary,
    examples: [
      { line: `job ${verb} 6f1c0b1e-2c5d-4b52-8f5c-5d1c3a9b7e10`, says },
      {
        line: `job ${verb} 6f1c0b1e-2c5d-4b52-8f5c-5d1c3a9b7e10 --dry-run`,
        says: "how it stands, and no more",
      },
    ],
    operands: { job: { kind: "one", label: "JOB", help: "id of a job" } },
    options: { "dry-run": { kind: "flag", help: "only show the job" }, ...connectionOptions },
    exits: {
      0: "told; what it does then: octavo job watch",
      1: "there is no such job, or that cannot be said of it as it stands",
      ...connectionExits,
    },
    run: async ({ operands: { job: jobId }, options, json }, context) => {
      const opened = connect(options, context);
      if (!opened.ok) return opened;
      const { jobs } = opened.value.client;
      const sent = options["dry-run"]
        ? await jobs.get({ jobId })
        : await send(jobs, { jobId, idempotencyKey: randomUUID() });
      const told = accept(sent, opened.value, {
        message: `there is no job ${jobId}`,
        remedy: `see: ${context.invocation} job list`,
      });
      if (!told.ok) return told;
      const { terminal } = context;
      terminal.print(json ? told.value.text : jobPage(told.value.value, terminal.paint));
      if (!json) {
        terminal.say(
          options["dry-run"]
            ? "Nothing was changed."
            : `It goes on: ${context.invocation} job watch ${jobId}`,
        );
      }
      return ok(undefined);
    },
  });
}

export const jobResume = answering(
  "resume",
  "tells a job that the call whose outcome is not known was carried out",
  "after a look at the module; the job goes on behind that call",
  (jobs, job) => jobs.resume(job),
);

export const jobRetry = answering(
  "retry",
  "tells a job to make the call again whose outcome is not known",
  "where it does no harm twice",
  (jobs, job) => jobs.retry(job),
);

export const jobFail = answering(
  "fail",
  "tells a job that the call whose outcome is not known was not carried out",
  "the step has failed; what the job's onFailure says follows",
  (jobs, job) => jobs.fail(job),
);

export const jobCancel = answering(
  "cancel",
  "begins nothing more of a job, and gives up the call that is under way",
  "what was done stays, or is undone where the job was asked so",
  (jobs, job) => jobs.cancel(job),
);
