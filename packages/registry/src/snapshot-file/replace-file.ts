import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file that only this user may read, whole or not at all.
 * @param pieces its content, made one by one between the writes
 * @param keepAs where the file that was there before is kept
 * @returns how long it is
 * @throws what the file system says */
export async function replaceFile(
  path: string,
  pieces: Iterable<Uint8Array>,
  keepAs: string | null,
): Promise<number> {
  const draft = `${path}.${process.pid}.new`;
  let bytes = 0;
  try {
    const file = await open(draft, "w", 0o600);
    try {
      for (const piece of pieces) {
        await file.writeFile(piece);
        bytes += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    // A crash between the two leaves the older one, under the name under which it is looked for second.
    if (keepAs !== null) await rename(path, keepAs).catch(unlessMissing);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
  return bytes;
}

/** Makes the new names last: without it a power cut can bring back the old ones. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unlessMissing(error: unknown): void {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
  throw error;
}
