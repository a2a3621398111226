/** A request's body, read once, piece by piece; the sender is slowed down to the pace of the reader. */
export interface BodySource extends AsyncIterable<Uint8Array> {
  /** Reads all of it.
   * @returns null when it is longer than `limitBytes`; the rest is then not read and the connection will close */
  readAll(limitBytes: number): Promise<Uint8Array | null>;
}
