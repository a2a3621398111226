import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  type Part,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload as StreamedUpload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { Readable } from "node:stream";
import { assert, err, ok, type Result } from "@octavo/result";
import { BodyMeasure } from "../measured-body.ts";
import type { ObjectKey } from "../object-key.ts";
import type {
  BodyDiffers,
  ByteRange,
  ExpectedBody,
  ListedObject,
  NotReadable,
  ObjectFacts,
  ObjectStore,
  OpenObject,
  OpenUpload,
  Presignable,
  ReceivedPart,
  StoredObject,
  Upload,
} from "../object-store.ts";
import { StoreAway } from "../object-store.ts";
import { isAnswer, must, orMissing } from "./s3-failure.ts";
import { clientConfig, type S3Settings } from "./s3-settings.ts";

/** What a streamed `put` holds in memory, twice. */
const PART_BYTES = 8 * 1024 * 1024;

/** Objects in a bucket. The bucket is there already; its name and rights are the operator's. */
export function openS3Store(settings: S3Settings): ObjectStore {
  return new S3Store(new S3Client(clientConfig(settings)), settings.bucket);
}

class S3Store implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** A body that differs throws at its end, before the last part is sent: nothing was made visible, and the parts are removed. */
  async put(
    key: ObjectKey,
    body: AsyncIterable<Uint8Array>,
    facts: ObjectFacts = {},
  ): Promise<Result<StoredObject, BodyDiffers>> {
    const measure = new BodyMeasure();
    const compared = async function* (): AsyncGenerator<Uint8Array> {
      yield* measure.through(body);
      const result = measure.compare(facts);
      if (!result.ok) throw new Differs(result.error);
    };
    const upload = new StreamedUpload({
      client: this.#client,
      params: {
        ...this.#at(key),
        ...headersOf(facts),
        Body: Readable.from(compared(), { objectMode: false }),
      },
      partSize: PART_BYTES,
      queueSize: 1,
    });
    try {
      await must(() => upload.done());
    } catch (error) {
      const cause = error instanceof StoreAway ? error.cause : error;
      if (cause instanceof Differs) return err(cause.difference);
      throw error;
    }
    const stored = await this.#mustHead(key);
    return ok({ ...stored, sha256: measure.sha256 });
  }

  async head(key: ObjectKey): Promise<StoredObject | null> {
    const head = await orMissing(() => this.#client.send(new HeadObjectCommand(this.#at(key))));
    return head === null ? null : aboutOf(key, head, head.ContentLength ?? 0);
  }

  async get(key: ObjectKey, range?: ByteRange): Promise<Result<OpenObject, NotReadable>> {
    const bytes =
      range === undefined || (range.from === 0 && range.to === undefined) ? {} : { Range: rangeOf(range) };
    try {
      const got = await orMissing(() =>
        this.#client.send(new GetObjectCommand({ ...this.#at(key), ...bytes })),
      );
      if (got === null) return err({ kind: "missing" });
      const sizeBytes = got.ContentLength ?? 0;
      assert(got.Body instanceof Readable, "the SDK answers with a stream of Node's in Node");
      return ok({ about: aboutOf(key, got, wholeSize(got)), sizeBytes, body: got.Body });
    } catch (error) {
      if (!isAnswer(error, 416)) throw error;
      const stored = await this.head(key);
      return err(
        stored === null ? { kind: "missing" } : { kind: "range-past-end", sizeBytes: stored.sizeBytes },
      );
    }
  }

  async delete(key: ObjectKey): Promise<void> {
    await orMissing(() => this.#client.send(new DeleteObjectCommand(this.#at(key))));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    let after: string | undefined;
    do {
      const asked = { Bucket: this.#bucket, Prefix: prefix, ContinuationToken: after };
      const page = await must(() => this.#client.send(new ListObjectsV2Command(asked)));
      for (const { Key: key, Size, LastModified } of page.Contents ?? [])
        if (key !== undefined) yield { key, sizeBytes: Size ?? 0, storedAt: LastModified ?? new Date(0) };
      after = page.NextContinuationToken;
    } while (after !== undefined);
  }

  async beginUpload(key: ObjectKey, facts: ObjectFacts = {}): Promise<Upload> {
    const asked = new CreateMultipartUploadCommand({ ...this.#at(key), ...headersOf(facts) });
    const { UploadId: uploadId = "" } = await must(() => this.#client.send(asked));
    return { key, uploadId };
  }

  async putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<boolean> {
    const asked = { ...this.#upload(upload), PartNumber: number, Body: bytes };
    return (await orMissing(() => this.#client.send(new UploadPartCommand(asked)))) !== null;
  }

  async listParts(upload: Upload): Promise<readonly ReceivedPart[] | null> {
    const parts = await this.#parts(upload);
    return parts?.map(({ PartNumber = 0, Size = 0 }) => ({ number: PartNumber, sizeBytes: Size })) ?? null;
  }

  async completeUpload(upload: Upload, expected: ExpectedBody): Promise<Result<StoredObject, BodyDiffers>> {
    const parts = await this.#parts(upload);
    const before = await this.#made(upload.key);
    if (parts !== null) {
      const found = parts.reduce((sum, { Size = 0 }) => sum + Size, 0);
      if (found !== expected.sizeBytes)
        return err({ kind: "size-differs", expected: expected.sizeBytes, found });
      const listed = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
      const asked = { ...this.#upload(upload), MultipartUpload: { Parts: listed } };
      await orMissing(() => this.#client.send(new CompleteMultipartUploadCommand(asked)));
    }
    // A store may still know the parts of an upload that is complete, and take them for the same object once more.
    const isNew = parts !== null && before !== (await this.#made(upload.key));
    return this.#compare(upload.key, expected, isNew);
  }

  async abortUpload(upload: Upload): Promise<void> {
    await orMissing(() => this.#client.send(new AbortMultipartUploadCommand(this.#upload(upload))));
  }

  async *listUploads(prefix: string): AsyncGenerator<OpenUpload> {
    let after: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
    while (after !== null) {
      const asked: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
        Bucket: this.#bucket,
        Prefix: prefix,
        ...after,
      });
      const page = await must(() => this.#client.send(asked));
      for (const { Key: key, UploadId: uploadId, Initiated } of page.Uploads ?? [])
        if (key !== undefined && uploadId !== undefined)
          yield { key, uploadId, begunAt: Initiated ?? new Date(0) };
      const { IsTruncated, NextKeyMarker = "", NextUploadIdMarker = "" } = page;
      after = IsTruncated === true ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : null;
    }
  }

  presign(what: Presignable, forSeconds: number): Promise<string> {
    const command =
      what.method === "GET"
        ? new GetObjectCommand({ ...this.#at(what.key), ...dispositionOf(what.fileName) })
        : "upload" in what
          ? new UploadPartCommand({ ...this.#upload(what.upload), PartNumber: what.part })
          : new PutObjectCommand(this.#at(what.key));
    // The union of commands has no one type that the presigner takes; each of them is one.
    return getSignedUrl(this.#client, command as GetObjectCommand, { expiresIn: forSeconds });
  }

  close(): void {
    this.#client.destroy();
  }

  /** What tells one object under a key from the next; null where there is none. */
  async #made(key: ObjectKey): Promise<string | null> {
    const head = await orMissing(() => this.#client.send(new HeadObjectCommand(this.#at(key))));
    return head === null ? null : `${head.ETag ?? ""} ${head.LastModified?.toISOString() ?? ""}`;
  }

  /** The store knows no sha-256 of what came in parts: it is read once.
   * @param isNew it was made of parts just now; one that was there before is nobody's to remove */
  async #compare(
    key: ObjectKey,
    expected: ExpectedBody,
    isNew: boolean,
  ): Promise<Result<StoredObject, BodyDiffers>> {
    const opened = await this.get(key);
    if (!opened.ok) return err({ kind: "missing" });
    const measure = new BodyMeasure();
    for await (const bytes of opened.value.body as AsyncIterable<Uint8Array>) measure.add(bytes); // no encoding is set: Buffers
    const compared = measure.compare(expected);
    if (compared.ok) return ok({ ...opened.value.about, sha256: measure.sha256 });
    if (isNew) await this.delete(key);
    return compared;
  }

  async #parts(upload: Upload): Promise<readonly Part[] | null> {
    const parts: Part[] = [];
    let after: string | undefined;
    do {
      const asked = { ...this.#upload(upload), PartNumberMarker: after };
      const page = await orMissing(() => this.#client.send(new ListPartsCommand(asked)));
      if (page === null) return null;
      parts.push(...(page.Parts ?? []));
      after = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (after !== undefined);
    return parts;
  }

  async #mustHead(key: ObjectKey): Promise<StoredObject> {
    const stored = await this.head(key);
    if (stored === null) throw new StoreAway(`the object ${key} vanished while it was stored`);
    return stored;
  }

  #at(key: ObjectKey): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: key };
  }

  #upload({ key, uploadId }: Upload): {
    readonly Bucket: string;
    readonly Key: string;
    readonly UploadId: string;
  } {
    return { ...this.#at(key), UploadId: uploadId };
  }
}

class Differs extends Error {
  readonly difference: BodyDiffers;
  constructor(difference: BodyDiffers) {
    super(difference.kind);
    this.difference = difference;
  }
}

const SHA256 = "octavo-sha256";

function headersOf({ contentType, sha256 }: ObjectFacts): {
  ContentType: string;
  Metadata?: Record<string, string>;
} {
  return {
    ContentType: contentType ?? "application/octet-stream",
    ...(sha256 === undefined ? {} : { Metadata: { [SHA256]: sha256 } }),
  };
}

function aboutOf(
  key: ObjectKey,
  { ContentType, Metadata, LastModified }: HeadObjectCommandOutput | GetObjectCommandOutput,
  sizeBytes: number,
): StoredObject {
  return {
    key,
    sizeBytes,
    contentType: ContentType ?? "application/octet-stream",
    sha256: Metadata?.[SHA256] ?? null,
    storedAt: LastModified ?? new Date(0),
  };
}

/** `bytes 0-9/100` says 100; without a range the length is the whole. */
function wholeSize({ ContentRange, ContentLength }: GetObjectCommandOutput): number {
  return ContentRange === undefined ? (ContentLength ?? 0) : Number(ContentRange.split("/")[1]);
}

function rangeOf({ from, to }: ByteRange): string {
  return `bytes=${from}-${to ?? ""}`;
}

/** RFC 6266 and 8187: only the encoded form, which every browser of today reads. */
function dispositionOf(fileName: string | undefined): { ResponseContentDisposition?: string } {
  if (fileName === undefined) return {};
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return { ResponseContentDisposition: `attachment; filename*=UTF-8''${encoded}` };
}
