import {
  badRequest,
  collection,
  crudRoutes,
  type CrudWrites,
  defineInterface,
  type Document,
  type DocumentCollection,
  type InterfaceDefinition,
  type Reference,
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
  const writes = sealed === undefined ? {} : sealedWrites(kept, sealed);
  return {
    path,
    collection: kept,
    interface: defineInterface(
      path.slice(1),
      version,
      crudRoutes(kept, { path, permissions, listName }, writes),
    ),
  };
}

function sealedWrites<T extends Document>(
  kept: DocumentCollection<T>,
  sealed: Sealed,
): Pick<CrudWrites<T>, "replace" | "delete"> {
  const refuse = async (tx: Transaction, id: string, message: string | null): Promise<void> => {
    const stored: Stored<T> & { readonly source?: string } = await kept.get(tx, id);
    if (message !== null && stored.source === sealed.source) throw badRequest(message);
  };
  return {
    replace: async (tx, id, row, author) => {
      await refuse(tx, id, sealed.put);
      await kept.replace(tx, id, row, author);
    },
    delete: async (tx, id) => {
      await refuse(tx, id, sealed.delete);
      await kept.delete(tx, id);
    },
  };
}
