import { followEvents, type Job } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { accept, refusal, type Connection } from "./connection.ts";
import type { Failure } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** What a gateway tells of a job, as far as it is shown. */
interface JobNews {
  readonly kind: "job" | "part" | "call";
  readonly part?: number;
  readonly moduleId?: string | null;
  readonly state: string;
  readonly message?: string | null;
}

/** Follows a job until it has ended or waits for a human, and says on stderr what happens. It goes on through instances that
 * end and connections that break.
 * @returns the job as it stands then */
export async function followJob(
  jobId: string,
  connection: Connection,
  terminal: Terminal,
): Promise<Result<Job, Failure>> {
  const missing = { message: `there is no job ${jobId}`, remedy: `see: ${connection.invocation} job list` };
  const first = accept(await connection.client.jobs.get({ jobId }), connection, missing);
  if (!first.ok) return first;
  const { stepsTotal } = first.value.value;
  const { url, token } = connection;
  const events = followEvents(
    { url, ...(token !== null && { token }) },
    { path: `/_/octavo/jobs/${encodeURIComponent(jobId)}/events`, lastEvent: "end" },
  );
  for (let next = await events.next(); ; next = await events.next()) {
    if (next.done === true) {
      if (next.value !== null) return err(refusal(next.value, connection, missing));
      break;
    }
    // as: the events of this path are JSON of this shape
    const news = JSON.parse(next.value.data) as JobNews;
    const line = lineOf(news, stepsTotal);
    if (line !== null) terminal.say(line);
    if (news.kind === "job" && news.state === "waiting-for-human" && (await isWaiting(jobId, connection))) {
      await events.return(null);
      break;
    }
  }
  const last = accept(await connection.client.jobs.get({ jobId }), connection, missing);
  return last.ok ? ok(last.value.value) : last;
}

/** Events of the past are told too: somebody may have answered since. */
async function isWaiting(jobId: string, connection: Connection): Promise<boolean> {
  const job = await connection.client.jobs.get({ jobId });
  return job.ok && job.value.state === "waiting-for-human";
}

/** Of a step what it is doing, of the job nothing that its steps have not said. */
function lineOf({ kind, part = 0, moduleId, state, message }: JobNews, steps: number): string | null {
  if (kind !== "part" || state === "pending") return null;
  const place = `${String(part + 1).padStart(String(steps).length)}/${steps}`;
  const doing = state === "intended" ? "..." : state;
  const because = message === null || message === undefined ? "" : `: ${message}`;
  return moduleId === null || moduleId === undefined ? null : `  ${place}  ${moduleId} ${doing}${because}`;
}
