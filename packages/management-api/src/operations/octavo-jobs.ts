import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { text } from "../query-parameters.ts";
import { Job, JobList } from "../schemas/job.ts";

const notFound = { 404: "No such job", 503: "Jobs cannot be read now" };

export const jobOperations = [
  defineOperation({
    name: "jobs.list",
    method: "GET",
    path: "/_/octavo/jobs",
    access: anyOperator("octavo.jobs.list"),
    summary: "List jobs of tenants, newest first",
    query: [
      text("tenant", "Only those of this tenant"),
      text("state", 'Only those in this state; "open" for all that have not ended'),
      {
        name: "limit",
        schema: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        isRequired: false,
        description: "How many at most",
      },
    ],
    answers: [jsonAnswer(200, JobList, "The jobs")],
    errors: { 400: "A parameter is wrong", 503: "Jobs cannot be read now" },
  }),
  defineOperation({
    name: "jobs.get",
    method: "GET",
    path: "/_/octavo/jobs/{jobId}",
    access: anyOperator("octavo.jobs.get"),
    summary: "Get a job: each step, each call, what it waits for and what helps",
    answers: [jsonAnswer(200, Job, "The job as it stands")],
    errors: notFound,
  }),
  defineOperation({
    name: "jobs.events",
    method: "GET",
    path: "/_/octavo/jobs/{jobId}/events",
    access: anyOperator("octavo.jobs.get"),
    summary:
      "Follow a job from its first event, or from the one behind Last-Event-ID, until it has ended; at any instance",
    answers: [
      {
        status: 200,
        schema: Type.String(),
        contentType: "text/event-stream",
        description: "Server-sent events",
      },
    ],
    errors: notFound,
  }),
  answerOperation("resume", "Tell a job that waits that the call whose outcome is not known was carried out"),
  answerOperation("retry", "Tell a job that waits to make the call again whose outcome is not known"),
  answerOperation(
    "fail",
    "Tell a job that waits that the call whose outcome is not known was not carried out",
  ),
  answerOperation("cancel", "Begin nothing more of a job, and give up the call that is under way"),
] as const;

function answerOperation<const Verb extends string>(verb: Verb, summary: string) {
  return defineOperation({
    name: `jobs.${verb}`,
    method: "POST",
    path: `/_/octavo/jobs/{jobId}/${verb}`,
    access: operators(`octavo.jobs.${verb}`, "tenant-admin"),
    summary,
    answers: [jsonAnswer(200, Job, "The job, which goes on")],
    errors: {
      404: "No such job",
      409: "That cannot be said of the job as it stands; the text says what can",
    },
  });
}
