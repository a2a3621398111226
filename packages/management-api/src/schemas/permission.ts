import { Type, type Static } from "typebox";

/** More properties than these are accepted and kept, as Okapi does. */
export const Permission = Type.Object(
  {
    permissionName: Type.String({
      description: "Name of the permission, unique among all modules of a tenant",
    }),
    replaces: Type.Optional(Type.Array(Type.String(), { description: "Names that it had before" })),
    displayName: Type.Optional(Type.String({ description: "Name for people" })),
    description: Type.Optional(Type.String({ description: "What it allows" })),
    subPermissions: Type.Optional(Type.Array(Type.String(), { description: "Permissions that it contains" })),
    visible: Type.Optional(
      Type.Boolean({ description: "Whether it is offered where permissions are assigned" }),
    ),
  },
  { $id: "Permission", description: "A permission or a set of permissions that a module defines" },
);
export type Permission = Static<typeof Permission>;
