import type { CancelSignal } from "@octavo/http-wire";
import { readChangeEvents, type Registry, type ToldUntil } from "@octavo/registry";
import { err, ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { badRequest, refusedWrite } from "./refusals.ts";
import { NextChange } from "./next-change.ts";

const AT_ONCE = 500;

/** The changes of the registry as this instance applies them. An id is a revision and how its hash begins, so any instance
 * can go on where another was cut off, and notices where the client was told of what is no more. */
export const followChanges: Handler = async ({ lastEventId }, { registry }) => {
  const asked = lastEventId === null ? positionOf(registry.snapshot) : parseEventId(lastEventId);
  if (asked === null) return badRequest("Last-Event-ID must be the id of the last event");
  const { history } = registry.snapshot;
  const isThere = await registry.read((client) => readChangeEvents(client, asked, 1));
  if (!isThere.ok) return err(refusedWrite(isThere.error));
  if (!isThere.value.ok && isThere.value.error === "ahead") {
    return err({
      kind: "gone",
      message: `There is no revision ${asked.revision}. Read the state anew, then follow without Last-Event-ID`,
    });
  }
  return ok({
    status: 200,
    contentType: "text/event-stream",
    headers: ["Cache-Control", "no-store"],
    body: "",
    stream: (gone) => changeEvents(registry, { told: asked, history }, gone),
  });
};

/** Where the log was cut off between what the client knows and what it holds, a "cut" says so, and the stream goes on from
 * now: the client reads the state anew. Ends with "rewound" where the client was told of what is no more. Both carry the
 * id to go on from. */
async function* changeEvents(
  registry: Registry,
  { told, history }: { readonly told: ToldUntil; readonly history: string },
  gone: CancelSignal,
): AsyncGenerator<string> {
  let last = told;
  const snapshots = new NextChange((onChange) => registry.onSnapshot(onChange), gone);
  try {
    while (!gone.aborted) {
      const changed = snapshots.next();
      const { snapshot } = registry;
      if (snapshot.history !== history) {
        yield printed("rewound", positionOf(snapshot), {});
        return;
      }
      const read = await registry.read((client) => readChangeEvents(client, last, AT_ONCE));
      if (read.ok && !read.value.ok) {
        const now = positionOf(snapshot);
        if (read.value.error !== "cut") {
          yield printed("rewound", now, {});
          return;
        }
        // This instance may be behind the cut itself: then what it serves next is past it.
        if (now.revision > last.revision) {
          yield printed("cut", now, { after: last.revision, revision: now.revision });
          last = now;
          continue;
        }
      }
      const events = read.ok && read.value.ok ? read.value.value : [];
      // Not further than what this instance serves.
      const applied = events.filter(({ revision }) => revision <= snapshot.revision);
      for (const event of applied) {
        const { hash, ...shown } = event;
        yield printed("change", event, shown);
        last = { revision: event.revision, hash };
      }
      if (applied.length > 0) continue;
      if (!(await changed)) yield ": still here\n\n";
    }
  } finally {
    snapshots.close();
  }
}

/** So much of a hash is told: enough that no other change of that number has it. */
const HASH_DIGITS = 12;

function positionOf({ revision, hash }: ToldUntil): ToldUntil {
  return { revision, hash: hash.slice(0, HASH_DIGITS) };
}

/** A plain revision will do, for whoever has learnt it elsewhere. */
function parseEventId(text: string): ToldUntil | null {
  const [, revision, hash] = /^([0-9]{1,15})(?:\.([0-9a-f]{12}))?$/u.exec(text) ?? [];
  return revision === undefined ? null : { revision: Number(revision), hash: hash ?? "" };
}

function printed(event: string, told: ToldUntil, data: object): string {
  const { revision, hash } = positionOf(told);
  return `id: ${revision}.${hash}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
