import type { Readable } from "node:stream";
import type { Result } from "@octavo/result";
import type { ObjectKey } from "./object-key.ts";

/** Files of modules. An object is there whole or not at all; nobody changes it, a second `put` replaces it.
 * @throws StoreAway from each call when the store does not answer; what the file system says (ENOSPC) where it is a folder */
export interface ObjectStore {
  /** Takes the body as it comes. What differs from `facts` is not stored. */
  put(
    key: ObjectKey,
    body: AsyncIterable<Uint8Array>,
    facts?: ObjectFacts,
  ): Promise<Result<StoredObject, BodyDiffers>>;
  head(key: ObjectKey): Promise<StoredObject | null>;
  /** The reader takes the body or destroys it. */
  get(key: ObjectKey, range?: ByteRange): Promise<Result<OpenObject, NotReadable>>;
  /** Of an object that is not there too: nothing happens. */
  delete(key: ObjectKey): Promise<void>;
  /** In the order of the keys' bytes, as `order by key collate "C"`.
   * @param prefix made by `keyPrefix`, or "" for all */
  list(prefix: string): AsyncIterable<ListedObject>;

  /** Begins an object that comes in parts, over hours or days, through whichever instance. */
  beginUpload(key: ObjectKey, facts?: Pick<ObjectFacts, "contentType" | "sha256">): Promise<Upload>;
  /** A part may be sent again; the last one counts. False when there is no such upload (any more).
   * @param number from 1 to 10,000
   * @param bytes at least 5 MiB but for the last part */
  putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<boolean>;
  /** What has come so far, by number; null when there is no such upload. */
  listParts(upload: Upload): Promise<readonly ReceivedPart[] | null>;
  /** Makes the parts one object and reads it once to compare it. Where parts are missing the upload stays open; an object with another
   * sha-256 is removed. May be called again after an unknown outcome. */
  completeUpload(upload: Upload, expected: ExpectedBody): Promise<Result<StoredObject, BodyDiffers>>;
  /** Removes the parts. Of an upload that is not there: nothing happens. */
  abortUpload(upload: Upload): Promise<void>;
  /** By key; what nobody has completed or aborted. */
  listUploads(prefix: string): AsyncIterable<OpenUpload>;

  /** A URL at which a browser reads, or writes with PUT, without us. Null where the store has none (a folder): the module passes the bytes on. */
  presign(what: Presignable, forSeconds: number): Promise<string | null>;
  close(): void;
}

export type Presignable =
  | {
      readonly method: "GET";
      readonly key: ObjectKey;
      /** The name under which a browser saves it. */
      readonly fileName?: string;
    }
  | { readonly method: "PUT"; readonly key: ObjectKey }
  | { readonly method: "PUT"; readonly upload: Upload; readonly part: number };

/** What is known of a body before it comes. */
export interface ObjectFacts {
  readonly contentType?: string;
  readonly sizeBytes?: number;
  /** Lower-case hex. Kept with the object. */
  readonly sha256?: string;
}

export interface ExpectedBody {
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface StoredObject {
  readonly key: ObjectKey;
  readonly sizeBytes: number;
  readonly contentType: string;
  /** Null of an object that came without, or straight from a browser. */
  readonly sha256: string | null;
  readonly storedAt: Date;
}

/** Bytes `from` to `to`, both included, as in HTTP; without `to` up to the end. */
export interface ByteRange {
  readonly from: number;
  readonly to?: number;
}

export interface OpenObject {
  readonly about: StoredObject;
  /** Fails when the store ends before the last byte. */
  readonly body: Readable;
  /** What `body` has; an object's end comes before the range's. */
  readonly sizeBytes: number;
}

export interface ListedObject {
  /** A string: somebody else may have put objects there whose names are no keys of ours. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly storedAt: Date;
}

export interface Upload {
  readonly key: ObjectKey;
  readonly uploadId: string;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly begunAt: Date;
}

export interface ReceivedPart {
  readonly number: number;
  readonly sizeBytes: number;
}

export type BodyDiffers =
  | { readonly kind: "missing" }
  | { readonly kind: "size-differs"; readonly expected: number; readonly found: number }
  | { readonly kind: "sha256-differs"; readonly expected: string; readonly found: string };

export type NotReadable =
  | { readonly kind: "missing" }
  | { readonly kind: "range-past-end"; readonly sizeBytes: number };

/** The store did not answer in time, could not be reached, or says that it cannot. Whether something was written is unknown; the same call may be made
 * again. */
export class StoreAway extends Error {
  override readonly name = "StoreAway";
}
