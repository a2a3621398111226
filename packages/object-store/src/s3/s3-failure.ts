import { S3ServiceException } from "@aws-sdk/client-s3";
import { StoreAway } from "../object-store.ts";

/** Runs a call of the SDK. Null where the server says that there is no such thing.
 * @throws StoreAway where it did not answer or says that it cannot; the SDK's error where we are refused (a wrong key, no bucket) */
export async function orMissing<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (isAnswer(error, 404) && error.name !== "NoSuchBucket") return null;
    throw storeError(error);
  }
}

export async function must<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storeError(error);
  }
}

export function isAnswer(error: unknown, status: number): error is S3ServiceException {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}

function storeError(error: unknown): unknown {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 500) : 500;
  if (status < 500 && status !== 429) return error;
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new StoreAway(`the object store did not do it: ${why}`, { cause: error });
}
