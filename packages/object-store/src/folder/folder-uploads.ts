import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectKey } from "../object-key.ts";
import type { ObjectFacts, OpenUpload, ReceivedPart, Upload } from "../object-store.ts";
import { moveInto } from "./durable.ts";
import type { Incoming } from "./incoming.ts";
import { isMissing } from "./stored-file.ts";

/** One folder for each upload: `about.json`, and a file for each part, named by its number. */
export class FolderUploads {
  readonly #folder: string;
  readonly #incoming: Incoming;

  constructor(folder: string, incoming: Incoming) {
    this.#folder = folder;
    this.#incoming = incoming;
  }

  async begin(key: ObjectKey, facts: ObjectFacts, at: Date): Promise<Upload> {
    const uploadId = randomUUID();
    const about: About = { key, facts, begunAt: at.toISOString() };
    await mkdir(join(this.#folder, uploadId));
    await this.#write(JSON.stringify(about), join(this.#folder, uploadId, ABOUT));
    return { key, uploadId };
  }

  async putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<boolean> {
    if (number < 1 || number > 10_000 || (await this.about(upload)) === null) return false;
    await this.#write(bytes, join(this.#path(upload), partName(number)));
    return true;
  }

  async listParts(upload: Upload): Promise<readonly ReceivedPart[] | null> {
    if ((await this.about(upload)) === null) return null;
    const names = (await readdir(this.#path(upload))).filter((name) => name !== ABOUT).toSorted();
    return Promise.all(
      names.map(async (name) => {
        const { size } = await stat(join(this.#path(upload), name));
        return { number: Number(name), sizeBytes: size };
      }),
    );
  }

  async *read(upload: Upload, parts: readonly ReceivedPart[]): AsyncGenerator<Uint8Array> {
    for (const { number } of parts)
      // A stream of a file gives Buffers unless it is told an encoding.
      yield* createReadStream(
        join(this.#path(upload), partName(number)),
      ) as unknown as AsyncIterable<Uint8Array>;
  }

  async remove(upload: Upload): Promise<void> {
    if ((await this.about(upload)) !== null) await rm(this.#path(upload), { recursive: true, force: true });
  }

  async *list(prefix: string): AsyncGenerator<OpenUpload> {
    const found: OpenUpload[] = [];
    for (const uploadId of await readdir(this.#folder)) {
      const about = await this.#read(uploadId);
      if (about?.key.startsWith(prefix) === true)
        found.push({ key: about.key, uploadId, begunAt: new Date(about.begunAt) });
    }
    yield* found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** What it was begun with; null when it is not there, or is another object's. */
  async about(upload: Upload): Promise<ObjectFacts | null> {
    const about = UUID.test(upload.uploadId) ? await this.#read(upload.uploadId) : null;
    return about?.key === upload.key ? about.facts : null;
  }

  #path({ uploadId }: Upload): string {
    return join(this.#folder, uploadId);
  }

  async #read(uploadId: string): Promise<About | null> {
    try {
      // `begin` wrote it, and nobody else.
      return JSON.parse(await readFile(join(this.#folder, uploadId, ABOUT), "utf8")) as About;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async #write(content: string | Uint8Array, to: string): Promise<void> {
    const none = new Uint8Array();
    const body = typeof content === "string" ? Buffer.from(content) : content;
    await this.#incoming.with(
      once(body),
      () => none,
      (path) => moveInto(path, to),
    );
  }
}

interface About {
  readonly key: ObjectKey;
  readonly facts: ObjectFacts;
  readonly begunAt: string;
}

const ABOUT = "about.json";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

function partName(number: number): string {
  return String(number).padStart(5, "0");
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
