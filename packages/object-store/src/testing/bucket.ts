import { createHash, randomUUID } from "node:crypto";

/** What a bucket of the test server holds, in memory. */
export interface BucketObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly storedAt: Date;
}

export interface BucketUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly begunAt: Date;
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }>;
}

/** A rule of the bucket's life cycle; null: not of this rule. */
export interface LifecycleRule {
  readonly prefix: string;
  readonly expireDays: number | null;
  readonly abortUploadDays: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export class Bucket {
  readonly objects = new Map<string, BucketObject>();
  readonly uploads = new Map<string, BucketUpload>();
  rules: readonly LifecycleRule[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  store(
    key: string,
    bytes: Buffer,
    headers: Readonly<Record<string, string>>,
    etag = md5(bytes),
  ): BucketObject {
    const object = { bytes, etag: `"${etag}"`, headers, storedAt: this.#now() };
    this.objects.set(key, object);
    return object;
  }

  begin(key: string, headers: Readonly<Record<string, string>>): BucketUpload {
    const upload = { key, uploadId: randomUUID(), headers, begunAt: this.#now(), parts: new Map() };
    this.uploads.set(upload.uploadId, upload);
    return upload;
  }

  putPart(upload: BucketUpload, number: number, bytes: Buffer): string {
    const etag = `"${md5(bytes)}"`;
    upload.parts.set(number, { bytes, etag });
    return etag;
  }

  /** As S3: named parts in ascending order, the entity tags as they were, each but the last of 5 MiB at least. */
  complete(
    upload: BucketUpload,
    named: readonly { readonly number: number; readonly etag: string }[],
  ): BucketObject | "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" {
    if (named.some(({ number }, at) => number <= (named[at - 1]?.number ?? 0))) return "InvalidPartOrder";
    const parts = named.map(({ number, etag }) => {
      const part = upload.parts.get(number);
      return part?.etag.replaceAll('"', "") === etag.replaceAll('"', "") ? part.bytes : null;
    });
    const bytes = parts.filter((part) => part !== null);
    if (bytes.length === 0 || bytes.length < parts.length) return "InvalidPart";
    if (bytes.slice(0, -1).some((part) => part.length < 5 * 1024 * 1024)) return "EntityTooSmall";
    this.uploads.delete(upload.uploadId);
    const etag = `${md5(Buffer.concat(bytes.map((part) => createHash("md5").update(part).digest())))}-${bytes.length}`;
    return this.store(upload.key, Buffer.concat(bytes), upload.headers, etag);
  }

  /** What a real server does once a day: removes what its rules say is over. */
  applyRules(): void {
    const isOver = (since: Date, days: number | null): boolean =>
      days !== null && this.#now().getTime() - since.getTime() >= days * DAY_MS;
    for (const { prefix, expireDays, abortUploadDays } of this.rules) {
      for (const [key, { storedAt }] of this.objects)
        if (key.startsWith(prefix) && isOver(storedAt, expireDays)) this.objects.delete(key);
      for (const [uploadId, { key, begunAt }] of this.uploads)
        if (key.startsWith(prefix) && isOver(begunAt, abortUploadDays)) this.uploads.delete(uploadId);
    }
  }
}

function md5(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}
