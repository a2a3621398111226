import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadTransaction } from "@octavo/database";
import type { RequestDatabase } from "../definition/route.ts";

/** A list of less is read to its end whether its client takes it or not, so that slow clients of small lists hold no connection. */
const READ_AHEAD_BYTES = 1024 * 1024;

/** What is made within one transaction, to be sent after the handler has returned. The transaction lives as long as its pieces are made:
 * it ends when they do, or when whoever takes them stops.
 * @returns when the first piece is there, so that what is refused until then can be answered
 * @throws as `read` and `make` do */
export async function piecesWithin(
  db: Pick<RequestDatabase, "read">,
  make: (tx: ReadTransaction) => AsyncIterable<string>,
): Promise<AsyncIterable<Uint8Array>> {
  const pieces = iterate(db, make);
  const first = await pieces.next();
  return first.done === true ? pieces : startingWith(first.value, pieces);
}

async function* iterate(
  db: Pick<RequestDatabase, "read">,
  make: (tx: ReadTransaction) => AsyncIterable<string>,
): AsyncGenerator<Uint8Array> {
  const made = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
  const reading = db
    .read((tx) => pipeline(make(tx), made))
    .catch((cause: unknown) => {
      made.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    });
  try {
    yield* made as AsyncIterable<Uint8Array>; // strings become bytes in it
  } finally {
    made.destroy();
    await reading;
  }
}

async function* startingWith(
  first: Uint8Array,
  others: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield* others;
  } finally {
    await others.return(undefined);
  }
}
