/** A request's head as it came, parsed and checked for framing, not yet for meaning.
 * `rawHeaders` is flat (name, value, name, value ...) with names as sent: what was checked is what is forwarded. */
export interface RequestHead {
  readonly method: string;
  /** The request target as sent: path and query, no decoding, no normalising. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** One character per byte (latin1), as the wire has no encoding. */
  readonly rawHeaders: readonly string[];
  readonly framing: BodyFraming;
  readonly remoteAddress: string;
}

export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" };
