import { isInsideTransaction } from "@octavo/database";
import {
  type BodyDiffers,
  type ByteRange,
  keyPrefix,
  makeObjectKey,
  type NotReadable,
  type ObjectFacts,
  type ObjectKey,
  type ObjectStore,
  type OpenObject,
  parseObjectKey,
  type StoredObject,
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
  };
}
