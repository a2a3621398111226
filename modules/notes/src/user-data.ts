import { type Calls, Metadata, type Static, Type } from "@octavo/module-kit";

const Person = Type.Object({
  lastName: Type.Optional(Type.String()),
  firstName: Type.Optional(Type.String()),
  middleName: Type.Optional(Type.String()),
});
const User = Type.Object({
  username: Type.Optional(Type.String()),
  personal: Type.Optional(Person),
});
type User = Static<typeof User>;

/** `metadata` of a note that is given alone: with the names of those who wrote it. */
export const MetadataWithNames = Type.Object({
  ...Metadata.properties,
  createdBy: Type.Optional(Person),
  updatedBy: Type.Optional(Person),
});

/** Adds to a document who wrote it, as far as the users' module tells. */
export async function withNames<T extends { readonly metadata?: Metadata }>(
  document: T,
  calls: Calls,
): Promise<T> {
  const { metadata } = document;
  return metadata === undefined ? document : { ...document, metadata: await named(metadata, calls) };
}

async function named(metadata: Metadata, calls: Calls): Promise<Static<typeof MetadataWithNames>> {
  const { createdByUserId: creator, updatedByUserId: updater } = metadata;
  const created = await userOf(creator, calls);
  const updated = updater === creator ? created : await userOf(updater, calls);
  return {
    ...metadata,
    ...(created?.username !== undefined && { createdByUsername: created.username }),
    ...(created?.personal !== undefined && { createdBy: nameOf(created.personal) }),
    ...(updated?.username !== undefined && { updatedByUsername: updated.username }),
    ...(updated?.personal !== undefined && { updatedBy: nameOf(updated.personal) }),
  };
}

/** @returns null where nobody is known, or the users' module does not say */
async function userOf(id: string | undefined, calls: Calls): Promise<User | null> {
  if (id === undefined) return null;
  const found = await calls.send({ method: "GET", path: `/users/${encodeURIComponent(id)}`, answer: User });
  return found.ok ? found.value.body : null;
}

function nameOf({ lastName, firstName, middleName }: Static<typeof Person>): Static<typeof Person> {
  return {
    ...(lastName !== undefined && { lastName }),
    ...(firstName !== undefined && { firstName }),
    ...(middleName !== undefined && { middleName }),
  };
}
