import { Type, type Static } from "typebox";
import { anyObject } from "./any-object.ts";
import { EnvEntry } from "./env-entry.ts";
import { LaunchDescriptor } from "./launch-descriptor.ts";
import { Permission } from "./permission.ts";
import { RoutingEntry } from "./routing-entry.ts";

const scope = Type.Optional(Type.Array(Type.String(), { description: "Scopes of the interface" }));

export const InterfaceReference = Type.Object(
  {
    id: Type.String({ description: "Id of the interface" }),
    version: Type.String({ description: 'Version as "major.minor"; alternatives are separated by spaces' }),
    scope,
  },
  { $id: "InterfaceReference", description: "An interface that a module needs", additionalProperties: false },
);
export type InterfaceReference = Static<typeof InterfaceReference>;

export const InterfaceDescriptor = Type.Object(
  {
    id: Type.String({
      description: 'Id of the interface; one that begins with "_" is called by the platform',
    }),
    version: Type.String({ description: 'Version as "major.minor"' }),
    interfaceType: Type.Optional(
      Type.String({ description: "proxy (default), system, multiple; internal is the platform's own" }),
    ),
    handlers: Type.Optional(Type.Array(RoutingEntry, { description: "Routes of the interface" })),
    permissionSets: Type.Optional(Type.Array(Permission, { description: "Permissions of the interface" })),
    scope,
  },
  {
    $id: "InterfaceDescriptor",
    description: "An interface that a module provides",
    additionalProperties: false,
  },
);
export type InterfaceDescriptor = Static<typeof InterfaceDescriptor>;

export const UiModuleDescriptor = Type.Object(
  {
    npm: Type.Optional(Type.String({ description: "Package of the user interface module" })),
    url: Type.Optional(Type.String({ description: "Where it is served" })),
    local: Type.Optional(Type.String({ description: "Where it lies on disk" })),
    args: Type.Optional(Type.String({ description: "Arguments" })),
  },
  { $id: "UiModuleDescriptor", description: "A user interface module", additionalProperties: false },
);
export type UiModuleDescriptor = Static<typeof UiModuleDescriptor>;

export const ModuleDescriptor = Type.Object(
  {
    id: Type.String({ description: 'Id of the module: product, "-", semantic version' }),
    name: Type.Optional(Type.String({ description: "Short name, without a version" })),
    tags: Type.Optional(Type.Array(Type.String(), { description: "Tags" })),
    replaces: Type.Optional(
      Type.Array(Type.String(), { description: "Products that it takes the place of" }),
    ),
    requires: Type.Optional(
      Type.Array(InterfaceReference, { description: "Interfaces that it cannot do without" }),
    ),
    optional: Type.Optional(
      Type.Array(InterfaceReference, { description: "Interfaces that it uses where they are provided" }),
    ),
    provides: Type.Optional(Type.Array(InterfaceDescriptor, { description: "Interfaces that it provides" })),
    filters: Type.Optional(
      Type.Array(RoutingEntry, { description: "Its places in the pipeline of every request" }),
    ),
    permissionSets: Type.Optional(Type.Array(Permission, { description: "Permissions that it defines" })),
    env: Type.Optional(Type.Array(EnvEntry, { description: "Environment variables that it understands" })),
    metadata: Type.Optional(anyObject("Anything else; kept as it was sent")),
    uiDescriptor: Type.Optional(UiModuleDescriptor),
    launchDescriptor: Type.Optional(LaunchDescriptor),
  },
  {
    $id: "ModuleDescriptor",
    description: "What a module offers and what it needs",
    additionalProperties: false,
  },
);
export type ModuleDescriptor = Static<typeof ModuleDescriptor>;

/** What a module list shows where `full` is not asked for. */
export const ModuleSummary = Type.Object(
  {
    id: ModuleDescriptor.properties.id,
    name: ModuleDescriptor.properties.name,
    tags: ModuleDescriptor.properties.tags,
  },
  { $id: "ModuleSummary", description: "The brief form of a module descriptor", additionalProperties: false },
);
export type ModuleSummary = Static<typeof ModuleSummary>;

export const ModuleIdList = Type.Array(Type.String(), { description: "Ids of modules" });
