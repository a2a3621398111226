import { randomUUID } from "node:crypto";
import { type Calls, type RequestContext, Type } from "@octavo/module-kit";
import type { CirculationNote } from "./item-request.ts";

const Writer = Type.Object(
  {
    id: Type.String(),
    personal: Type.Optional(
      Type.Object(
        { lastName: Type.Optional(Type.String()), firstName: Type.Optional(Type.String()) },
        { additionalProperties: true },
      ),
    ),
  },
  { additionalProperties: true },
);

/** Circulation notes as an item keeps them: those that are new or were changed are signed by who asks, with the time; the others stay as they came.
 * Nobody is asked for the name where no note needs one; a name that cannot be had is left out. */
export async function signNotes(
  notes: readonly CirculationNote[],
  stored: readonly { readonly id?: string }[],
  { calls, context }: { readonly calls: Calls; readonly context: RequestContext },
): Promise<readonly object[]> {
  const known = new Map(stored.map((note) => [note.id, note as CirculationNote])); // as: an item keeps no others
  const isSigned = (note: CirculationNote): boolean => !isNewOrChanged(note, known);
  if (notes.every(isSigned)) return notes.map(withoutNulls);
  const source = await writer(calls, context);
  const date = new Date().toISOString().replace("Z", "+0000");
  return notes.map((note) => {
    if (isSigned(note)) return withoutNulls(note);
    const { source: _former, ...rest } = note;
    return withoutNulls({ ...rest, id: note.id ?? randomUUID(), ...(source !== null && { source }), date });
  });
}

function isNewOrChanged(note: CirculationNote, known: ReadonlyMap<unknown, CirculationNote>): boolean {
  if (typeof note.id !== "string") return true;
  const before = known.get(note.id);
  return (
    before === undefined ||
    before.noteType !== note.noteType ||
    before.note !== note.note ||
    (before.staffOnly ?? false) !== (note.staffOnly ?? false)
  );
}

async function writer(calls: Calls, { userId, log }: RequestContext) {
  if (userId === null) return null;
  const found = await calls.send({ method: "GET", path: `/users/${userId}`, answer: Writer });
  if (!found.ok) {
    log.info({ because: found.error.kind }, "a circulation note is signed without a name");
    return null;
  }
  const { id, personal } = found.value.body;
  const { lastName, firstName } = personal ?? {};
  return {
    id,
    ...(personal !== undefined && {
      personal: {
        ...(lastName !== undefined && { lastName }),
        ...(firstName !== undefined && { firstName }),
      },
    }),
  };
}

function withoutNulls(note: object): object {
  return Object.fromEntries(Object.entries(note).filter(([, value]) => value !== null));
}
