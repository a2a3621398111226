import {
  badRequest,
  collection,
  crudRoutes,
  defineInterface,
  type Document,
  type DocumentCollection,
  type InterfaceDefinition,
  keyedWrite,
  type Reference,
  type Route,
  route,
  type Stored,
  type Transaction,
  type TProperties,
  Type,
  type Unique,
} from "@octavo/module-kit";

/** A table of what records are described with, in one declaration: it is made into a collection, an interface of five routes and their
 * permissions. */
export interface ReferenceTableInput<Fields extends TProperties> {
  /** As mod-inventory-storage names it: reporting tools read it. */
  readonly table: string;
  /** "/loan-types"; the interface's id and the permissions are made of it. */
  readonly path: string;
  readonly version: string;
  /** The property of a list that holds the rows. */
  readonly listName: string;
  readonly fields: Fields;
  /** Rows may carry properties that are not named: where the real schema lets them. */
  readonly isOpen?: boolean;
  /** By name, unless told. */
  readonly unique?: readonly Unique[];
  readonly references?: readonly Reference[];
  readonly hasMetadata?: boolean;
  readonly sealed?: Sealed;
}

/** Rows of a source that nobody may change. */
interface Sealed {
  readonly source: string;
  /** What a client is told who tries to; null: he may. */
  readonly put: string | null;
  readonly delete: string | null;
}

export interface ReferenceTable {
  readonly path: string;
  readonly collection: DocumentCollection<Document>;
  readonly interface: InterfaceDefinition;
}

export function referenceTable<Fields extends TProperties>(
  input: ReferenceTableInput<Fields>,
): ReferenceTable {
  const { table, path, version, listName, fields, isOpen = false, hasMetadata = true, sealed } = input;
  const kept = collection(table, {
    schema: Type.Object(fields, { additionalProperties: isOpen }),
    unique: input.unique ?? [{ fields: ["name"] }],
    references: input.references ?? [],
    // Some dozens of rows: reading them all is as quick as an index, and a tenant with fewer indexes is made sooner.
    dynamic: ["name", "code", "source"].filter((field) => fields[field] !== undefined),
    isVersioned: false,
    hasMetadata,
  });
  const permissions = `inventory-storage.${path.slice(1)}`;
  const all = crudRoutes(kept, { path, permissions, listName });
  const routes = sealed === undefined ? all : sealedRoutes(kept, { path, permissions, all, sealed });
  return {
    path,
    collection: kept,
    interface: defineInterface(path.slice(1), version, routes),
  };
}

interface SealedInput {
  readonly path: string;
  readonly permissions: string;
  readonly all: readonly Route[];
  readonly sealed: Sealed;
}

function sealedRoutes<T extends Document>(
  kept: DocumentCollection<T>,
  { path, permissions, all, sealed }: SealedInput,
): readonly Route[] {
  const refuse = async (tx: Transaction, id: string, message: string | null): Promise<void> => {
    const stored: Stored<T> & { readonly source?: string } = await kept.get(tx, id);
    if (message !== null && stored.source === sealed.source) throw badRequest(message);
  };
  return [
    ...all.filter(({ method }) => method !== "PUT" && method !== "DELETE"),
    route({
      method: "PUT",
      path: `${path}/{id}`,
      params: Type.Object({ id: Type.String() }),
      summary: "Replaces a row that the system does not keep for itself",
      permissionsRequired: [`${permissions}.item.put`],
      body: kept.schema,
      answers: { 204: null },
      handle: (call) =>
        keyedWrite(call, `PUT ${path}/{id}`, async (tx) => {
          await refuse(tx, call.params.id, sealed.put);
          await kept.replace(tx, call.params.id, call.body as T, call.context); // as: the schema is T's
          return { status: 204 };
        }),
    }),
    route({
      method: "DELETE",
      path: `${path}/{id}`,
      params: Type.Object({ id: Type.String() }),
      summary: "Deletes a row that the system does not keep for itself",
      permissionsRequired: [`${permissions}.item.delete`],
      answers: { 204: null },
      handle: (call) =>
        keyedWrite(call, `DELETE ${path}/{id}`, async (tx) => {
          await refuse(tx, call.params.id, sealed.delete);
          await kept.delete(tx, call.params.id);
          return { status: 204 };
        }),
    }),
  ];
}
