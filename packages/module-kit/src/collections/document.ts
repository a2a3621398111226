import { Type } from "typebox";
import type { Static } from "typebox";

/** What the kit itself reads and writes of a document; everything else is the module's. */
export interface Document {
  readonly id?: string;
  readonly _version?: number;
  readonly metadata?: Metadata;
}

/** A document as it is in its table. */
export type Stored<T extends Document> = T & { readonly id: string };

/** Who writes: null for nobody in particular. */
export interface Author {
  readonly userId: string | null;
}

/** Any 32 hexadecimal digits in groups: RMB takes versions 1 to 5 only, and newer ones sort better. */
const UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
export const Uuid = Type.String({ pattern: UUID });

/** Who made and last changed a document, and when, in UTC; FOLIO's `metadata.schema`. Whatever a client sends here is replaced. */
export const Metadata = Type.Object({
  createdDate: Type.String(),
  createdByUserId: Type.Optional(Type.String()),
  createdByUsername: Type.Optional(Type.String()),
  updatedDate: Type.Optional(Type.String()),
  updatedByUserId: Type.Optional(Type.String()),
  updatedByUsername: Type.Optional(Type.String()),
});
export type Metadata = Static<typeof Metadata>;

const uuidPattern = new RegExp(UUID, "u");

/** @returns in small letters, as PostgreSQL prints it; null for what is none */
export function uuidOf(value: unknown): string | null {
  return typeof value === "string" && uuidPattern.test(value) ? value.toLowerCase() : null;
}

/** Where a field is, as queries call it: ["status", "name"] of "status.name". */
export function pathOf(name: string): readonly string[] {
  return name.split(".");
}

/** The text under keys from the root; null where there is none. */
export function textAt(document: object, path: readonly string[]): string | null {
  let value: unknown = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return null;
    value = Reflect.get(value, key);
  }
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** FOLIO's name for it; null where there is none. */
export function versionOf({
  _version: version = null,
}: {
  readonly _version?: number | null;
}): number | null {
  return version;
}
