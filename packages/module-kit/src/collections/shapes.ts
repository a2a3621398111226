/** A document as it lies in its table, whatever its shape. */
export type StoredFields = Readonly<Record<string, unknown>>;

/** Makes a document of the next shape of one of the shape before. What it leaves alone stays: the version before goes on reading it until a `contract`. */
export type Upcast = (older: StoredFields) => StoredFields;

/** The kit's own key in a document, which no client sees: it goes with the document, so that a version which knows no shapes and writes it again takes
 * it away. */
const SHAPE = "_shape";
const FIRST = 1;

/** The shapes that documents of one table have had. A document that was written by a later version of the module is read as it is. */
export class Shapes {
  readonly #upcasts: readonly Upcast[];

  /** @param upcasts the first makes shape 2 of shape 1, and so on: the last one's is written */
  constructor(upcasts: readonly Upcast[]) {
    this.#upcasts = upcasts;
  }

  /** A document as clients see it. */
  read(stored: StoredFields): StoredFields {
    const { [SHAPE]: shape = FIRST, ...document } = stored;
    const missing = this.#upcasts.slice(Number(shape) - FIRST);
    return missing.reduce<StoredFields>((older, upcast) => upcast(older), document);
  }

  /** The same of its text: most have nothing to be changed, and are not parsed. */
  readText(text: string): string {
    if (this.#upcasts.length === 0 && !text.includes(`"${SHAPE}"`)) return text;
    return JSON.stringify(this.read(JSON.parse(text) as StoredFields)); // a document is an object
  }

  /** As it is stored. A key of a client's of this name is not. */
  written(document: object): StoredFields {
    const { [SHAPE]: _, ...fields } = document as StoredFields; // as: keys are read, none is trusted
    const current = FIRST + this.#upcasts.length;
    return current === FIRST ? fields : { ...fields, [SHAPE]: current };
  }
}
