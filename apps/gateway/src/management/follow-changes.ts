import type { CancelSignal } from "@octavo/http-wire";
import { type ChangeEvent, readChangeEvents, type Registry } from "@octavo/registry";
import { err, ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { badRequest, refusedWrite } from "./refusals.ts";
import { NextChange } from "./next-change.ts";

const AT_ONCE = 500;

/** The changes of the registry as this instance applies them. Ids are revisions, so any instance can go on where another was
 * cut off. */
export const followChanges: Handler = async ({ lastEventId }, { registry }) => {
  if (lastEventId !== null && !/^[0-9]{1,15}$/u.test(lastEventId)) {
    return badRequest("Last-Event-ID must be the revision of the last event");
  }
  const { history, revision } = registry.snapshot;
  const after = lastEventId === null ? revision : Number(lastEventId);
  const isThere = await registry.read((client) => readChangeEvents(client, after, 1));
  if (!isThere.ok) return err(refusedWrite(isThere.error));
  if (isThere.value === null) {
    return err({
      kind: "gone",
      message: `The log does not go on from revision ${after}. Read the state anew, then follow without Last-Event-ID`,
    });
  }
  return ok({
    status: 200,
    contentType: "text/event-stream",
    headers: ["Cache-Control", "no-store"],
    body: "",
    stream: (gone) => changeEvents(registry, { after, history }, gone),
  });
};

/** Ends with "rewound" where the line of history that it has told of was cut off: the client has seen what is no more. */
async function* changeEvents(
  registry: Registry,
  { after, history }: { readonly after: number; readonly history: string },
  gone: CancelSignal,
): AsyncGenerator<string> {
  let last = after;
  const snapshots = new NextChange((onChange) => registry.onSnapshot(onChange), gone);
  try {
    while (!gone.aborted) {
      const changed = snapshots.next();
      if (registry.snapshot.history !== history) {
        yield "event: rewound\ndata: {}\n\n";
        return;
      }
      // Not further than what this instance serves.
      const { revision } = registry.snapshot;
      const read =
        revision > last ? await registry.read((client) => readChangeEvents(client, last, AT_ONCE)) : ok([]);
      const events = read.ok ? (read.value ?? []) : [];
      const applied = events.filter((event) => event.revision <= revision);
      for (const event of applied) {
        yield printed(event);
        last = event.revision;
      }
      if (applied.length > 0) continue;
      if (!(await changed)) yield ": still here\n\n";
    }
  } finally {
    snapshots.close();
  }
}

function printed({ revision, ...event }: ChangeEvent): string {
  return `id: ${revision}\nevent: change\ndata: ${JSON.stringify({ revision, ...event })}\n\n`;
}
