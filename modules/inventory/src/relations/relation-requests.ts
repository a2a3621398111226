import { randomUUID } from "node:crypto";
import { type Static, type TSchema, Type } from "@octavo/module-kit";

/** Null stands for nothing, as clients of mod-inventory send it. */
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]));
const Text = orNull(Type.String());
const Parent = Type.Object({ id: Text, superInstanceId: Type.String(), instanceRelationshipTypeId: Text });
const Child = Type.Object({ id: Text, subInstanceId: Type.String(), instanceRelationshipTypeId: Text });
const Identifiers = orNull(Type.Array(Type.Object({ value: Text, identifierTypeId: Text })));
const Title = { id: Text, title: Text, hrid: Text, identifiers: Identifiers };
const PrecedingTitle = Type.Object({ ...Title, precedingInstanceId: Text });
const SucceedingTitle = Type.Object({ ...Title, succeedingInstanceId: Text });

/** What clients send with an instance, and storage keeps beside it. */
export const relationFields = {
  parentInstances: orNull(Type.Array(Parent)),
  childInstances: orNull(Type.Array(Child)),
  precedingTitles: orNull(Type.Array(PrecedingTitle)),
  succeedingTitles: orNull(Type.Array(SucceedingTitle)),
};
const Relations = Type.Object(relationFields);
export type Relations = Static<typeof Relations>;

/** One row of storage, to be posted. */
export interface RelationRequest {
  readonly list: keyof Relations;
  readonly path: "/instance-storage/instance-relationships" | "/preceding-succeeding-titles";
  readonly body: Readonly<Record<string, unknown>>;
  /** The same as the client of the instance sees it. */
  readonly shown: { readonly id: string };
}

/** What is to be posted for the relations of an instance; those without an id are given one. */
export function relationRequests(instanceId: string, relations: Relations): readonly RelationRequest[] {
  const { parentInstances, childInstances, precedingTitles, succeedingTitles } = relations;
  return [
    ...(parentInstances ?? []).map((given) =>
      request("parentInstances", given, { subInstanceId: instanceId }),
    ),
    ...(childInstances ?? []).map((given) =>
      request("childInstances", given, { superInstanceId: instanceId }),
    ),
    ...(precedingTitles ?? []).map((given) =>
      request("precedingTitles", given, { succeedingInstanceId: instanceId }),
    ),
    ...(succeedingTitles ?? []).map((given) =>
      request("succeedingTitles", given, { precedingInstanceId: instanceId }),
    ),
  ];
}

const pathOf = {
  parentInstances: "/instance-storage/instance-relationships",
  childInstances: "/instance-storage/instance-relationships",
  precedingTitles: "/preceding-succeeding-titles",
  succeedingTitles: "/preceding-succeeding-titles",
} as const;

/** @param end which end of the relation the instance is */
function request(
  list: keyof Relations,
  given: { readonly id?: string | null },
  end: Readonly<Record<string, string>>,
): RelationRequest {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const shown = { ...present, id: given.id?.toLowerCase() ?? randomUUID() };
  return { list, path: pathOf[list], body: { ...shown, ...end }, shown };
}

/** @returns mod-inventory's sentences about titles that name neither an instance nor a title */
export function untitledRelations({ precedingTitles, succeedingTitles }: Relations): readonly string[] {
  const isEmpty = (text: string | null | undefined): boolean => (text ?? "").trim() === "";
  const isPrecedingUntitled = (precedingTitles ?? []).some(
    ({ title, precedingInstanceId }) => isEmpty(title) && isEmpty(precedingInstanceId),
  );
  const isSucceedingUntitled = (succeedingTitles ?? []).some(
    ({ title, succeedingInstanceId }) => isEmpty(title) && isEmpty(succeedingInstanceId),
  );
  return [
    ...(isPrecedingUntitled ? ["Title is required for unconnected preceding title"] : []),
    ...(isSucceedingUntitled ? ["Title is required for unconnected succeeding title"] : []),
  ];
}
