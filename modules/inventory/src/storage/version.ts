import { Type } from "@octavo/module-kit";

/** Of a record that a client has read: mod-inventory gives it as a text, we as the number that it is, and both are taken. */
export const Version = Type.Optional(
  Type.Union([Type.Integer(), Type.String({ pattern: String.raw`^\d+$` }), Type.Null()]),
);

/** Of a client's record, for storage. */
export function versionOf(record: { readonly _version?: string | number | null | undefined }): {
  readonly _version?: number;
} {
  const { _version: version = null } = record;
  return version === null ? {} : { _version: Number(version) };
}
