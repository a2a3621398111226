import { createHash } from "node:crypto";
import { collection, searchable, type Static, Type, Uuid } from "@octavo/module-kit";

/** Records as those of mod-inventory-storage, about 1.4 KB each, made of their number alone, so that each run has the same ones. */

export const instanceTypes = collection("instance_type", { schema: Type.Object({ name: Type.String() }) });

const Instance = Type.Object({
  hrid: Type.String(),
  source: Type.String(),
  title: Type.String(),
  instanceTypeId: Uuid,
  contributors: Type.Array(
    Type.Object({ name: Type.String(), contributorNameTypeId: Uuid, primary: Type.Boolean() }),
  ),
  identifiers: Type.Array(Type.Object({ value: Type.String(), identifierTypeId: Uuid })),
  subjects: Type.Array(Type.Object({ value: Type.String() })),
  languages: Type.Array(Type.String()),
  publication: Type.Array(
    Type.Object({ publisher: Type.String(), place: Type.String(), dateOfPublication: Type.String() }),
  ),
  notes: Type.Array(Type.Object({ note: Type.String(), staffOnly: Type.Boolean() })),
  discoverySuppress: Type.Boolean(),
});

export const instances = collection("instance", {
  schema: Instance,
  indexes: [
    searchable.text("title", ["exact", "words"]),
    searchable.text("hrid", ["exact"]),
    searchable.objects("contributors", { property: "name", match: ["words"] }),
    searchable.texts("languages", ["exact"]),
  ],
  references: [{ field: "instanceTypeId", to: "instance_type" }],
});

export type Instance = Static<typeof Instance> & { readonly id: string };

const TYPES = 1000;

export const typeId = (n: number): string => uuidOf("type", n % TYPES);
export const instanceId = (n: number): string => uuidOf("instance", n);
export const types = Array.from({ length: TYPES }, (_, n) => ({ id: typeId(n), name: `Type ${n}` }));

/** Words as frequent as words are: the n-th a part 1/n of the first. */
const VOCABULARY = 20_000;

export function instance(n: number): Instance {
  const random = randomOf(n);
  const word = (): string => `w${Math.floor(VOCABULARY ** random()).toString(36)}`;
  const phrase = (words: number): string => Array.from({ length: words }, word).join(" ");
  const many = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: 1 + Math.floor(random() * most) }, make);
  return {
    id: instanceId(n),
    hrid: `in${String(n).padStart(11, "0")}`,
    source: "MARC",
    title: `${phrase(3 + Math.floor(random() * 8))} : ${n}`,
    instanceTypeId: typeId(Math.floor(random() * TYPES)),
    contributors: many(3, () => ({
      name: `${phrase(1)}, ${phrase(1)}`,
      contributorNameTypeId: typeId(1),
      primary: random() < 0.3,
    })),
    identifiers: many(3, () => ({
      value: String(Math.floor(random() * 1e13)),
      identifierTypeId: typeId(2),
    })),
    subjects: many(4, () => ({ value: phrase(3) })),
    languages: [random() < 0.7 ? "eng" : "ger"],
    publication: many(1, () => ({
      publisher: phrase(3),
      place: phrase(1),
      dateOfPublication: String(1900 + Math.floor(random() * 125)),
    })),
    notes: many(2, () => ({ note: phrase(15), staffOnly: false })),
    discoverySuppress: false,
  };
}

function uuidOf(kind: string, n: number): string {
  const hex = createHash("md5").update(`${kind} ${n}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** From 0 up to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
