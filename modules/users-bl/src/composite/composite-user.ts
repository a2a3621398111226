import { type Static, Type } from "@octavo/module-kit";

/** A record of another module, as it came. */
export const Other = Type.Object({}, { additionalProperties: true });

/** A user with what other modules know of it: compositeUser.json of mod-users-bl. */
export const CompositeUser = Type.Object({
  user: Other,
  patronGroup: Type.Optional(Other),
  permissions: Type.Optional(Other),
  proxiesFor: Type.Optional(Type.Array(Other)),
  servicePointsUser: Type.Optional(Other),
});
export type CompositeUser = Static<typeof CompositeUser>;

/** What of it is asked for; without any: groups, permissions and service points. */
export const includeQuery = {
  include: Type.Optional(
    Type.Array(Type.String(), { description: "groups, perms, proxiesfor, servicepoints" }),
  ),
};
export const expandQuery = {
  expandPermissions: Type.Boolean({
    default: false,
    description: "Permissions with all that they contain, as whole records",
  }),
};

/** @returns the parts that are asked for; others are nobody's */
export function included(include: readonly string[] | undefined): ReadonlySet<string> {
  return new Set(
    include === undefined || include.length === 0 ? ["groups", "perms", "servicepoints"] : include,
  );
}
