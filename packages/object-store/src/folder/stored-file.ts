import { type FileHandle, open } from "node:fs/promises";
import { constants } from "node:fs";
import { StoreAway } from "../object-store.ts";

/** What a file says of its object. It stands behind the content, so that one rename makes both visible:
 *
 *     content | JSON of this | length of the JSON, 4 bytes, big-endian */
export interface FileFacts {
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly sha256: string | null;
}

const LENGTH_BYTES = 4;

export function trailerOf(facts: FileFacts): Buffer {
  const json = Buffer.from(JSON.stringify(facts));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length]);
}

export interface OpenFile {
  readonly file: FileHandle;
  readonly facts: FileFacts;
  readonly storedAt: Date;
}

/** The caller closes `file`. Null when it is not there. A link is not followed: nobody of ours makes one.
 * @throws StoreAway where the file was cut or is none of ours */
export async function openStoredFile(path: string): Promise<OpenFile | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { size, mtime } = await file.stat();
    return { file, facts: await readTrailer(file, size, path), storedAt: mtime };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readTrailer(file: FileHandle, fileBytes: number, path: string): Promise<FileFacts> {
  const damaged = () => new StoreAway(`${path} is damaged: its end does not fit; restore it from a backup`);
  const length = await bytesAt(file, fileBytes - LENGTH_BYTES, LENGTH_BYTES);
  if (length === null) throw damaged();
  const jsonAt = fileBytes - LENGTH_BYTES - length.readUInt32BE();
  const json = await bytesAt(file, jsonAt, length.readUInt32BE());
  if (json === null) throw damaged();
  try {
    const facts = JSON.parse(json.toString()) as FileFacts; // what trailerOf has written, if the size fits
    if (facts.sizeBytes === jsonAt) return facts;
  } catch {
    // said below
  }
  throw damaged();
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer | null> {
  if (at < 0) return null;
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  return bytesRead === length ? buffer : null;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
