import { isInsideTransaction } from "@octavo/database";
import {
  type BodyDiffers,
  type ByteRange,
  type ExpectedBody,
  keyPrefix,
  makeObjectKey,
  type NotReadable,
  type ObjectFacts,
  type ObjectKey,
  type ObjectStore,
  type OpenObject,
  parseObjectKey,
  type ReceivedPart,
  type StoredObject,
  type Upload,
} from "@octavo/object-store";
import { err, type Result } from "@octavo/result";

/** Files of one tenant in one module. Keys are made here; one that is of somebody else is as one that is not there.
 * @throws StoreAway where the store does not answer; Error within a transaction, which would be held open for as long */
export interface RequestObjects {
  /** Takes a body as it comes. Without `keepObject` in a transaction it is removed after a day.
   * @param purpose what the files are: "import-files" */
  put(
    purpose: string,
    body: AsyncIterable<Uint8Array>,
    facts?: ObjectFacts,
  ): Promise<Result<StoredObject, BodyDiffers>>;
  head(key: string): Promise<StoredObject | null>;
  get(key: string, range?: ByteRange): Promise<Result<OpenObject, NotReadable>>;
  /** A URL at which a browser reads it without us; null where the store has none, or the key is not there.
   * @param fileName under which it is saved */
  readUrl(key: string, forSeconds: number, fileName?: string): Promise<string | null>;
  /** Also of what is not there. A row that keeps it goes with the next sweep. */
  delete(key: string): Promise<void>;

  /** Begins a file that comes in parts, over hours, through whichever instance; a client may be told all of it. What is not complete after a day is
   * removed. How large parts are: `planParts`. */
  beginUpload(purpose: string, facts?: Pick<ObjectFacts, "contentType" | "sha256">): Promise<Upload>;
  /** The last one of a number counts. False where there is no such upload.
   * @param number from 1 to 10,000
   * @param bytes at least 5 MiB but for the last part */
  putPart(upload: NamedUpload, number: number, bytes: Uint8Array): Promise<boolean>;
  /** A URL at which a browser sends a part with PUT, without us; null where the store has none: the module passes the bytes on. */
  partUrl(upload: NamedUpload, number: number, forSeconds: number): Promise<string | null>;
  /** What has come; null where there is no such upload. */
  listParts(upload: NamedUpload): Promise<readonly ReceivedPart[] | null>;
  /** Makes one file of the parts, in the order of their numbers, which then needs a row as any other. May be called again after an unknown outcome. */
  completeUpload(upload: NamedUpload, expected: ExpectedBody): Promise<Result<StoredObject, BodyDiffers>>;
  /** Removes the parts. Also of what is not there. */
  abortUpload(upload: NamedUpload): Promise<void>;
}

/** As a client names it: nothing is known of it yet. */
export interface NamedUpload {
  readonly key: string;
  readonly uploadId: string;
}

export interface ObjectsOf {
  readonly tenantId: string;
  readonly module: string;
}

/** What is not chosen by the caller: the day and the random part of a key. */
export interface ObjectKeySource {
  readonly now: () => Date;
  readonly uuid: () => string;
}

/** @param store null: each use is an error that says what to set */
export function requestObjects(
  store: ObjectStore | null,
  owner: ObjectsOf,
  { now, uuid }: ObjectKeySource,
): RequestObjects {
  const open = (): ObjectStore => {
    if (store === null) throw new Error(`${owner.module} keeps files, and OCTAVO_OBJECTS is not set`);
    if (isInsideTransaction())
      throw new Error("a file within a transaction would hold it open: before or after it");
    return store;
  };
  const prefix = keyPrefix(owner);
  const ours = (text: string): ObjectKey | null => {
    const key = parseObjectKey(text);
    return key?.startsWith(prefix) === true ? key : null;
  };
  const oursOf = ({ key: text, uploadId }: NamedUpload): Upload | null => {
    const key = ours(text);
    return key === null || !UPLOAD_ID.test(uploadId) ? null : { key, uploadId };
  };
  return {
    put: async (purpose, body, facts) =>
      await open().put(makeObjectKey({ ...owner, purpose }, now(), uuid()), body, facts),
    head: async (text) => {
      const key = ours(text);
      return key === null ? null : await open().head(key);
    },
    get: async (text, range) => {
      const key = ours(text);
      return key === null ? err({ kind: "missing" }) : await open().get(key, range);
    },
    readUrl: async (text, forSeconds, fileName) => {
      const key = ours(text);
      if (key === null) return null;
      return await open().presign(
        { method: "GET", key, ...(fileName !== undefined && { fileName }) },
        forSeconds,
      );
    },
    delete: async (text) => {
      const key = ours(text);
      if (key !== null) await open().delete(key);
    },
    beginUpload: async (purpose, facts) =>
      await open().beginUpload(makeObjectKey({ ...owner, purpose }, now(), uuid()), facts),
    putPart: async (named, number, bytes) => {
      const upload = oursOf(named);
      return upload !== null && isPart(number) && (await open().putPart(upload, number, bytes));
    },
    partUrl: async (named, number, forSeconds) => {
      const upload = oursOf(named);
      if (upload === null || !isPart(number)) return null;
      return await open().presign({ method: "PUT", upload, part: number }, forSeconds);
    },
    listParts: async (named) => {
      const upload = oursOf(named);
      return upload === null ? null : await open().listParts(upload);
    },
    completeUpload: async (named, expected) => {
      const upload = oursOf(named);
      return upload === null ? err({ kind: "missing" }) : await open().completeUpload(upload, expected);
    },
    abortUpload: async (named) => {
      const upload = oursOf(named);
      if (upload !== null) await open().abortUpload(upload);
    },
  };
}

/** Stores make them; none has a sign that would be one of a path, a query or a header. */
const UPLOAD_ID = /^[\w.~+=-]{1,1024}$/u;
const MOST_PARTS = 10_000;

function isPart(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= MOST_PARTS;
}
