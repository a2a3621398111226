import type { CancelSignal } from "@octavo/http-wire";
import { type JobEvent, readJob, readJobEvents } from "@octavo/lifecycle";
import type { Registry } from "@octavo/registry";
import { readCaughtUp } from "./read-caught-up.ts";
import { NextChange } from "./next-change.ts";

/** What happens to a job, as server-sent events with ids 1, 2, 3 ...; ends with "end" when the job has ended. They are rows,
 * so any instance can go on where another was cut off. */
export async function* jobEvents(
  registry: Registry,
  jobId: string,
  after: number,
  gone: CancelSignal,
): AsyncGenerator<string> {
  let last = after;
  const rows = new NextChange((onChange) => registry.onRows(onChange), gone);
  try {
    while (!gone.aborted) {
      const changed = rows.next();
      const found = await readCaughtUp(registry, async (client) => ({
        events: await readJobEvents(client, jobId, last),
        job: await readJob(client, null, jobId),
      }));
      if (found.ok) {
        const { events, job } = found.value;
        for (const event of events) {
          yield printed(event);
          last = event.number;
        }
        if (job === null || (job.endedAt !== null && events.length === 0)) {
          yield "event: end\ndata: {}\n\n";
          return;
        }
        if (events.length > 0) continue;
      }
      if (!(await changed)) yield ": still here\n\n";
    }
  } finally {
    rows.close();
  }
}

function printed({ number, at, event }: JobEvent): string {
  return `id: ${number}\nevent: job\ndata: ${JSON.stringify({ at, ...event })}\n\n`;
}
