import { randomUUID } from "node:crypto";
import { type Static, Type } from "@octavo/module-kit";
import { type Relations, relationFields, untitledRelations } from "../relations/relation-requests.ts";

/** An instance with its relations, as clients send it. What storage keeps of it, storage knows. */
export const BatchInstance = Type.Object(
  { id: Type.Optional(Type.String()), title: Type.Optional(Type.String()), ...relationFields },
  { additionalProperties: true },
);

/** A record of storage. */
export type StorageInstance = Readonly<Record<string, unknown>> & { readonly id: string };

interface NewInstance {
  readonly record: StorageInstance;
  readonly relations: Relations;
}

export interface ReadBatch {
  readonly instances: readonly NewInstance[];
  /** One for each that is not among them. */
  readonly errorMessages: readonly string[];
}

/** Sorts out what mod-inventory takes nothing of, gives each of the others an id, and parts it from its relations. */
export function readBatch(given: readonly Static<typeof BatchInstance>[]): ReadBatch {
  const read = given.map((instance) => {
    const mistakes = mistakesOf(instance);
    if (mistakes.length > 0) {
      return `Instance is not valid for further processing: [${mistakes.join(", ")}]`;
    }
    return newInstance(instance);
  });
  return {
    instances: read.filter((each) => typeof each !== "string"),
    errorMessages: read.filter((each) => typeof each === "string"),
  };
}

function mistakesOf({ id, title = "", ...relations }: Static<typeof BatchInstance>): readonly string[] {
  const untitled = title.trim() === "" ? [`Title must be provided for an instance: ${id ?? "null"}`] : [];
  return [...untitled, ...untitledRelations(relations)];
}

function newInstance(instance: Static<typeof BatchInstance>): NewInstance {
  const {
    parentInstances = [],
    childInstances = [],
    precedingTitles = [],
    succeedingTitles = [],
    isBoundWith: _, // as it is read: bound-with parts say so
    id = "",
    ...fields
  } = instance as Static<typeof BatchInstance> & { readonly isBoundWith?: unknown }; // as: any field may be there
  return {
    record: { ...fields, id: id === "" ? randomUUID() : id.toLowerCase() },
    relations: { parentInstances, childInstances, precedingTitles, succeedingTitles },
  };
}
