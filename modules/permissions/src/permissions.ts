import {
  collection,
  type Document,
  expandIndex,
  searchable,
  type Static,
  type Step,
  type Stored,
  Type,
} from "@octavo/module-kit";

const texts = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));

/** What a client sends of a set (mod-permissions 6.5, permissionUpload.json). */
const uploaded = {
  permissionName: Type.Optional(Type.String()),
  displayName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  tags: texts("For searching"),
  subPermissions: texts("Names of the permissions that it contains"),
  mutable: Type.Optional(Type.Boolean({ description: "Made by a user, not by a module" })),
  visible: Type.Optional(Type.Boolean()),
};

const stored = Type.Object(
  {
    ...uploaded,
    dummy: Type.Optional(Type.Boolean({ description: "Named by others, defined by nobody" })),
    deprecated: Type.Optional(Type.Boolean()),
    moduleName: Type.Optional(Type.String()),
    moduleVersion: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

export const PermissionUpload = Type.Object(
  {
    id: Type.Optional(Type.String()),
    ...uploaded,
    metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  { additionalProperties: false },
);
export type PermissionUpload = Static<typeof PermissionUpload>;

/** Permissions and sets of them alike: a set contains others. */
export const permissions = collection("permissions", {
  schema: stored,
  isVersioned: false,
  indexes: [
    searchable.text("permissionName", ["exact", "words"]),
    searchable.text("displayName", ["exact", "words"]),
    searchable.text("description", ["words"]),
    searchable.text("moduleName", ["exact"]),
    searchable.boolean("mutable"),
    searchable.boolean("visible"),
    searchable.boolean("dummy"),
    searchable.boolean("deprecated"),
    searchable.text("moduleVersion", ["exact"]),
    searchable.texts("tags", ["exact", "words"]),
    searchable.texts("subPermissions", ["exact", "words"], "nothing"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  dynamic: ["moduleVersion", "tags", "subPermissions"],
  unique: [{ fields: ["permissionName"], ignores: "nothing" }],
});
export type Permission = Stored<Static<typeof stored> & Document>;

const user = Type.Object(
  { userId: Type.String(), permissions: texts("Names") },
  { additionalProperties: false },
);

/** Who has which permissions: one of these for each user. */
export const permissionUsers = collection("permissions_users", {
  schema: user,
  isVersioned: false,
  indexes: [
    searchable.text("userId", ["exact"], "nothing"),
    searchable.texts("permissions", ["exact", "words"], "nothing"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  dynamic: ["permissions"],
  unique: [{ fields: ["userId"], ignores: "nothing" }],
});
export type PermissionUser = Stored<Static<typeof user> & Document>;

/** What expansion and owners are read by. */
export const steps: readonly Step[] = [
  index("permissions_by_name", "on permissions using btree ((jsonb ->> 'permissionName'))"),
  index("permissions_by_module", "on permissions using btree ((jsonb ->> 'moduleName'))"),
  index("permissions_by_child", "on permissions using gin ((jsonb -> 'subPermissions'))"),
  index("permissions_users_by_permission", "on permissions_users using gin ((jsonb -> 'permissions'))"),
  index("permissions_users_by_user", "on permissions_users using btree ((jsonb ->> 'userId'))"),
];

function index(name: string, definition: string): Step {
  return expandIndex(`index ${name}`, { name, definition: `${name} ${definition}` });
}
