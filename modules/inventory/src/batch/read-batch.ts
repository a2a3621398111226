import { randomUUID } from "node:crypto";
import { type InstanceRequest, toStoredInstance } from "../instances/instance-request.ts";
import { type Relations, untitledRelations } from "../relations/relation-requests.ts";

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
export function readBatch(given: readonly InstanceRequest[]): ReadBatch {
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

function mistakesOf(instance: InstanceRequest): readonly string[] {
  const { id, title } = instance;
  const isUntitled = (title ?? "").trim() === "";
  const untitled = isUntitled ? [`Title must be provided for an instance: ${id ?? "null"}`] : [];
  return [...untitled, ...untitledRelations(instance)];
}

function newInstance(instance: InstanceRequest): NewInstance {
  const { parentInstances, childInstances, precedingTitles, succeedingTitles } = instance;
  const given = instance.id?.toLowerCase() ?? "";
  const id = given === "" ? randomUUID() : given;
  return {
    record: { ...toStoredInstance(id, instance), id },
    relations: {
      parentInstances: parentInstances ?? [],
      childInstances: childInstances ?? [],
      precedingTitles: precedingTitles ?? [],
      succeedingTitles: succeedingTitles ?? [],
    },
  };
}
