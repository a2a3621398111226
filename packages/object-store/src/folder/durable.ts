import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { isMissing } from "./stored-file.ts";

/** How often a folder may vanish under us: a neighbour removes empty ones. */
const ATTEMPTS = 20;

/** Moves a file that is synced already to its place, with the folders that it needs. After a power cut it is there, whole. */
export async function moveInto(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await makeFolder(dirname(to));
      await rename(from, to);
      break;
    } catch (error) {
      if (!isMissing(error) || attempt === ATTEMPTS) throw error;
    }
  }
  await syncFolder(dirname(to)).catch((error: unknown) => {
    // Somebody has removed the file already, and its folder.
    if (!isMissing(error)) throw error;
  });
}

/** A folder's entry is durable when the folder above it is synced. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
