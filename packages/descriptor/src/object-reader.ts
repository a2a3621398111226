import { isJsonArray, isJsonObject, JsonNumber } from "@octavo/json";
import type { JsonObject, JsonValue } from "@octavo/json";
import { placeText } from "./place.ts";
import type { Place } from "./place.ts";
import { refuse, refuseAt } from "./refusal.ts";
import { sharedText } from "./shared-text.ts";

type ItemReader<T> = (item: JsonValue, parent: Place, step: number) => T;

/** One for all: most lists of most handlers are empty. */
const NONE: readonly never[] = Object.freeze([]);

/** Reads the known properties of one JSON object. A null counts as absent. Scalars bend as they do in Okapi (Jackson),
 * since descriptors in the field rely on it: a number or boolean is taken for a text, "true" for a boolean.
 * Everything else that does not fit is refused with its place. */
export class ObjectReader {
  readonly json: JsonObject;
  readonly place: Place | null;

  /** @param known every property the object may have; null where others are tolerated */
  constructor(value: JsonValue, place: Place | null, known: ReadonlySet<string> | null) {
    this.json = isJsonObject(value) ? value : wrongType(value, "object", place);
    this.place = place;
    if (known !== null) refuseUnknown(this.json, place, known);
  }

  text(key: string): string | null {
    const value = this.#get(key);
    if (typeof value === "string") return sharedText(value);
    return value === null ? null : asText(value, this.#placeOf(key));
  }

  flag(key: string): boolean | null {
    const value = this.#get(key);
    return value === null || typeof value === "boolean" ? value : asFlag(value, this.#placeOf(key));
  }

  integer(key: string): number | null {
    const value = this.#get(key);
    return value === null ? null : asInteger(value, this.#placeOf(key));
  }

  object(key: string): JsonObject | null {
    const value = this.#get(key);
    return value === null || isJsonObject(value) ? value : wrongType(value, "object", this.#placeOf(key));
  }

  texts(key: string): readonly string[] {
    return this.list(key, readText);
  }

  /** Where absent and empty differ. */
  textsOrNull(key: string): readonly string[] | null {
    return this.#get(key) === null ? null : this.texts(key);
  }

  one<T>(key: string, read: (value: JsonValue, place: Place) => T): T | null {
    const value = this.#get(key);
    return value === null ? null : read(value, this.#placeOf(key));
  }

  /** An absent list is an empty one. */
  list<T>(key: string, read: ItemReader<T>): readonly T[] {
    const value = this.#get(key);
    if (value === null) return NONE;
    const parent = this.#placeOf(key);
    if (!isJsonArray(value)) return wrongType(value, "array", parent);
    return value.length === 0 ? NONE : value.map((item, step) => read(item, parent, step));
  }

  /** Refuses what is written under `key`. */
  refuse(key: string, sentence: string): never {
    return refuseAt(sentence, this.place, key);
  }

  #get(key: string): JsonValue {
    return this.json.get(key) ?? null;
  }

  #placeOf(key: string): Place {
    return { parent: this.place, step: key };
  }
}

function refuseUnknown(object: JsonObject, parent: Place | null, known: ReadonlySet<string>): void {
  for (const step of object.keys()) {
    if (!known.has(step)) refuse(`Unrecognized field "${step}" at ${placeText({ parent, step })}`);
  }
}

/** One item of a list of texts. */
export function readText(item: JsonValue, parent: Place, step: number): string {
  return typeof item === "string" ? sharedText(item) : asText(item, { parent, step });
}

function asText(value: JsonValue, place: Place): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value instanceof JsonNumber ? value.text : wrongType(value, "string", place);
}

const FLAGS: ReadonlyMap<JsonValue, boolean | null> = new Map<JsonValue, boolean | null>([
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
  ["", null],
]);

function asFlag(value: JsonValue, place: Place): boolean | null {
  if (typeof value === "number" && Number.isInteger(value)) return value !== 0;
  const flag = FLAGS.get(typeof value === "string" ? value.trim() : value);
  return flag === undefined ? wrongType(value, "boolean", place) : flag;
}

const MAX_INT = 2_147_483_647;

function asInteger(value: JsonValue, place: Place): number | null {
  if (value === "") return null;
  const number = typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : value;
  const isInteger = typeof number === "number" && Number.isInteger(number) && Math.abs(number) <= MAX_INT;
  return isInteger ? number : wrongType(value, "integer", place);
}

function wrongType(value: JsonValue, wanted: string, place: Place | null): never {
  const found = nameOf(value);
  return refuse(
    `Cannot deserialize value of type ${wanted} from ${found} at ${placeText(place)}: put ${article(wanted)} there`,
  );
}

function article(wanted: string): string {
  return /^[aeio]/.test(wanted) ? `an ${wanted}` : `a ${wanted}`;
}

function nameOf(value: JsonValue): string {
  if (value === null) return "null";
  if (isJsonArray(value)) return "array";
  if (isJsonObject(value)) return "object";
  return value instanceof JsonNumber ? "number" : typeof value;
}
