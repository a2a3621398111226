import type { Static, TSchema } from "typebox";
import type { Refusal } from "../http/refusal.ts";

/** What a route answers when all went well: a schema for JSON, `bytes` for anything else, null for no body. */
export type Answers = Readonly<Record<number, TSchema | Bytes | null>>;

/** A body that is not JSON, or not to be held in memory: sent or taken piece by piece. */
export class Bytes {
  readonly contentTypes: readonly string[];
  readonly limitBytes: number;
  constructor(contentTypes: readonly string[], limitBytes: number) {
    this.contentTypes = contentTypes;
    this.limitBytes = limitBytes;
  }
}

/** @param contentTypes what is sent, or accepted; "*" stands for any
 * @param limitBytes of a request's body; without it 1 GiB */
export function bytes(contentTypes: readonly string[], limitBytes = 1024 ** 3): Bytes {
  return new Bytes(contentTypes, limitBytes);
}

/** A body that is sent as it comes, no faster than the client takes it. When the client leaves, the loop over `pieces` is ended, so that
 * a cursor below it is closed. */
export class Streamed {
  readonly pieces: AsyncIterable<string | Uint8Array>;
  constructor(pieces: AsyncIterable<string | Uint8Array>) {
    this.pieces = pieces;
  }
}

/** @param pieces of JSON text or bytes; what they make together must be what the route declares */
export function streamed(pieces: AsyncIterable<string | Uint8Array>): Streamed {
  return new Streamed(pieces);
}

/** What a handler gives back: one of the declared statuses with its body, or a refusal (`notFound(...)`). Within a transaction throw the
 * refusal instead, so that nothing is written. */
export type Answer<Declared extends Answers> =
  | { [Status in keyof Declared & number]: AnswerWith<Status, Declared[Status]> }[keyof Declared & number]
  | Refusal;

type AnswerWith<Status extends number, Body> = Body extends TSchema
  ? {
      readonly status: Status;
      readonly body: Unwritable<Static<Body>> | Streamed;
      readonly headers?: Headers;
    }
  : Body extends Bytes
    ? { readonly status: Status; readonly body: Uint8Array | Streamed; readonly headers?: Headers }
    : { readonly status: Status; readonly headers?: Headers };

/** A list is sent as one header each: `set-cookie`. */
type Headers = Readonly<Record<string, string | readonly string[]>>;

/** A handler may give back what it does not own: a list that is `readonly` fits too. */
type Unwritable<T> = T extends readonly (infer Item)[]
  ? readonly Unwritable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Unwritable<T[Key]> }
    : T;

/** An answer whose declaration is no longer known to the compiler. */
export type AnyAnswer =
  | Refusal
  | { readonly status: number; readonly body?: unknown; readonly headers?: Headers };
