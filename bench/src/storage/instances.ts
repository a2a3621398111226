import { collection, searchable, type Static, Type, Uuid } from "@octavo/module-kit";
import { phrase, randomOf, some, uuidOf } from "../contest/drawn.ts";

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

export function instance(n: number): Instance {
  const random = randomOf("storage", n);
  const words = (count: number): string => phrase(count, random);
  return {
    id: instanceId(n),
    hrid: `in${String(n).padStart(11, "0")}`,
    source: "MARC",
    title: `${words(3 + Math.floor(random() * 8))} : ${n}`,
    instanceTypeId: typeId(Math.floor(random() * TYPES)),
    contributors: some(3, random, () => ({
      name: `${words(1)}, ${words(1)}`,
      contributorNameTypeId: typeId(1),
      primary: random() < 0.3,
    })),
    identifiers: some(3, random, () => ({
      value: String(Math.floor(random() * 1e13)),
      identifierTypeId: typeId(2),
    })),
    subjects: some(4, random, () => ({ value: words(3) })),
    languages: [random() < 0.7 ? "eng" : "ger"],
    publication: some(1, random, () => ({
      publisher: words(3),
      place: words(1),
      dateOfPublication: String(1900 + Math.floor(random() * 125)),
    })),
    notes: some(2, random, () => ({ note: words(15), staffOnly: false })),
    discoverySuppress: false,
  };
}
