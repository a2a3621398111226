import { mkdir, rm, rmdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { dirname, join, sep } from "node:path";
import { assert, err, ok, type Result } from "@octavo/result";
import { BodyMeasure } from "../measured-body.ts";
import { type ObjectKey, parseObjectKey } from "../object-key.ts";
import {
  type BodyDiffers,
  type ByteRange,
  type ExpectedBody,
  type ListedObject,
  type NotReadable,
  type ObjectFacts,
  type ObjectStore,
  type OpenObject,
  type OpenUpload,
  type ReceivedPart,
  StoreAway,
  type StoredObject,
  type Upload,
} from "../object-store.ts";
import { moveInto } from "./durable.ts";
import { FolderUploads } from "./folder-uploads.ts";
import { Incoming } from "./incoming.ts";
import { isMissing, type OpenFile, openStoredFile, trailerOf } from "./stored-file.ts";
import { walk } from "./walk.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Objects in a folder of one machine: for `octavo up`, and for tests. Several processes may use it at once. Objects are below `objects/`, named by their
 * keys; each is written elsewhere, synced, and moved into its place.
 * @param now wall clock, for what a killed process left */
export async function openFolderStore(root: string, now: () => Date): Promise<ObjectStore> {
  const folders = {
    objects: join(root, "objects"),
    incoming: join(root, "incoming"),
    uploads: join(root, "uploads"),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
  const incoming = new Incoming(folders.incoming);
  await incoming.removeOlderThan(new Date(now().getTime() - DAY_MS));
  return new FolderStore(folders.objects, incoming, new FolderUploads(folders.uploads, incoming), now);
}

class FolderStore implements ObjectStore {
  readonly #objects: string;
  readonly #incoming: Incoming;
  readonly #uploads: FolderUploads;
  readonly #now: () => Date;

  constructor(objects: string, incoming: Incoming, uploads: FolderUploads, now: () => Date) {
    this.#objects = objects;
    this.#incoming = incoming;
    this.#uploads = uploads;
    this.#now = now;
  }

  async put(
    key: ObjectKey,
    body: AsyncIterable<Uint8Array>,
    facts: ObjectFacts = {},
  ): Promise<Result<StoredObject, BodyDiffers>> {
    const measure = new BodyMeasure();
    const contentType = facts.contentType ?? "application/octet-stream";
    const trailer = (): Buffer =>
      trailerOf({ sizeBytes: measure.sizeBytes, contentType, sha256: measure.sha256 });
    const path = this.#path(key);
    return this.#incoming.with(measure.through(body), trailer, async (written) => {
      const compared = measure.compare(facts);
      if (!compared.ok) return compared;
      await moveInto(written, path);
      return ok(await this.#mustHead(key));
    });
  }

  async head(key: ObjectKey): Promise<StoredObject | null> {
    const opened = await openStoredFile(this.#path(key));
    await opened?.file.close();
    return opened === null ? null : aboutOf(key, opened);
  }

  async get(key: ObjectKey, range: ByteRange = { from: 0 }): Promise<Result<OpenObject, NotReadable>> {
    const opened = await openStoredFile(this.#path(key));
    if (opened === null) return err({ kind: "missing" });
    const about = aboutOf(key, opened);
    const end = Math.min(range.to ?? Infinity, about.sizeBytes - 1);
    if (range.from > end && !(range.from === 0 && about.sizeBytes === 0)) {
      await opened.file.close();
      return err({ kind: "range-past-end", sizeBytes: about.sizeBytes });
    }
    const sizeBytes = end - range.from + 1;
    if (sizeBytes > 0)
      return ok({ about, sizeBytes, body: opened.file.createReadStream({ start: range.from, end }) });
    await opened.file.close();
    return ok({ about, sizeBytes, body: Readable.from([]) });
  }

  async delete(key: ObjectKey): Promise<void> {
    const path = this.#path(key);
    await rm(path, { force: true });
    // Folders that became empty go too; one that did not ends it.
    for (let folder = dirname(path); folder !== this.#objects; folder = dirname(folder)) {
      const isGone = await rmdir(folder).then(
        () => true,
        (error: unknown) => isMissing(error),
      );
      if (!isGone) return;
    }
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    for await (const key of walk(this.#objects, prefix)) {
      const opened = await openStoredFile(join(this.#objects, key));
      await opened?.file.close();
      if (opened !== null) yield { key, sizeBytes: opened.facts.sizeBytes, storedAt: opened.storedAt };
    }
  }

  beginUpload(key: ObjectKey, facts: ObjectFacts = {}): Promise<Upload> {
    return this.#uploads.begin(key, facts, this.#now());
  }

  putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<boolean> {
    return this.#uploads.putPart(upload, number, bytes);
  }

  listParts(upload: Upload): Promise<readonly ReceivedPart[] | null> {
    return this.#uploads.listParts(upload);
  }

  async completeUpload(upload: Upload, expected: ExpectedBody): Promise<Result<StoredObject, BodyDiffers>> {
    const parts = await this.#uploads.listParts(upload);
    if (parts === null) return this.#completedBefore(upload.key, expected);
    const found = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    if (found !== expected.sizeBytes)
      return err({ kind: "size-differs", expected: expected.sizeBytes, found });
    const facts = { ...(await this.#uploads.about(upload)), ...expected };
    try {
      return await this.put(upload.key, this.#uploads.read(upload, parts), facts);
    } catch (error) {
      // Another instance has completed it meanwhile, and removed the parts.
      if (!isMissing(error)) throw error;
      return this.#completedBefore(upload.key, expected);
    } finally {
      await this.#uploads.remove(upload);
    }
  }

  abortUpload(upload: Upload): Promise<void> {
    return this.#uploads.remove(upload);
  }

  listUploads(prefix: string): AsyncIterable<OpenUpload> {
    return this.#uploads.list(prefix);
  }

  presign(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): void {
    // Nothing is held open.
  }

  async #completedBefore(
    key: ObjectKey,
    { sizeBytes, sha256 }: ExpectedBody,
  ): Promise<Result<StoredObject, BodyDiffers>> {
    const stored = await this.head(key);
    if (stored === null) return err({ kind: "missing" });
    if (stored.sizeBytes !== sizeBytes)
      return err({ kind: "size-differs", expected: sizeBytes, found: stored.sizeBytes });
    const found = stored.sha256 ?? "";
    return found === sha256 ? ok(stored) : err({ kind: "sha256-differs", expected: sha256, found });
  }

  async #mustHead(key: ObjectKey): Promise<StoredObject> {
    const stored = await this.head(key);
    if (stored === null) throw new StoreAway(`the object ${key} vanished while it was stored`);
    return stored;
  }

  /** A key has no dots for folders by its form; looked at again here, where a mistake would be worst. */
  #path(key: ObjectKey): string {
    const path = join(this.#objects, key);
    assert(
      parseObjectKey(key) !== null && path.startsWith(this.#objects + sep),
      "an object stays in its folder",
    );
    return path;
  }
}

function aboutOf(key: ObjectKey, { facts, storedAt }: OpenFile): StoredObject {
  return { key, storedAt, ...facts };
}
