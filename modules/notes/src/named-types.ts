import { type ReadTransaction, sql, type Stored } from "@octavo/module-kit";
import type { Note } from "./notes-collection.ts";

/** Adds the names of the types, which are kept once and not with each note. */
export async function withTypes(
  tx: ReadTransaction,
  found: readonly Stored<Note>[],
): Promise<Stored<Note>[]> {
  const ids = [...new Set(found.map(({ typeId }) => typeId))];
  const rows = await tx.rows<{ id: string; name: string }>(sql`
    select id, jsonb ->> 'name' as name from note_type where id = any(${ids}::uuid[])`);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return found.map((note) => {
    const type = names.get(note.typeId.toLowerCase());
    return { ...note, ...(type !== undefined && { type }) };
  });
}
