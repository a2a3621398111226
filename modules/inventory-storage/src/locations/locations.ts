import {
  collection,
  crudRoutes,
  defineInterface,
  type DocumentCollection,
  type InterfaceDefinition,
  invalid,
  type Refusal,
  searchable,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { Flag, Text, Virtual } from "../records/shapes.ts";

const path = "/locations";
const permissions = "inventory-storage.locations";

/** Where items stand: a shelf, a stack, a reading room. */
export const locations = collection("location", {
  schema: Type.Object(
    {
      name: Type.String(),
      code: Type.String(),
      description: Text,
      discoveryDisplayName: Text,
      isActive: Flag,
      institutionId: Uuid,
      institution: Virtual,
      campusId: Uuid,
      campus: Virtual,
      libraryId: Uuid,
      library: Virtual,
      details: Type.Optional(Type.Object({}, { additionalProperties: true })),
      primaryServicePoint: Uuid,
      primaryServicePointObject: Virtual,
      servicePointIds: Type.Optional(Type.Array(Uuid)),
      servicePoints: Virtual,
    },
    { additionalProperties: false },
  ),
  unique: [{ fields: ["name"] }, { fields: ["code"] }],
  references: [
    { field: "institutionId", to: "locinstitution" },
    { field: "campusId", to: "loccampus" },
    { field: "libraryId", to: "loclibrary" },
  ],
  indexes: [
    searchable.text("name", ["exact", "words"]),
    searchable.text("code", ["exact", "words"]),
    searchable.text("primaryServicePoint", ["exact"]),
    searchable.boolean("isActive"),
  ],
  dynamic: ["description", "discoveryDisplayName", "servicePointIds"],
  isVersioned: false,
});

type Location = typeof locations extends DocumentCollection<infer T> ? T : never;

export const locationInterface: InterfaceDefinition = defineInterface(
  "locations",
  "3.0",
  crudRoutes(
    locations,
    { path, permissions, listName: "locations" },
    {
      create: (tx, location, author) => locations.create(tx, checked(location), author),
      replace: async (tx, id, location, author) => {
        if (location.id?.toLowerCase() !== id.toLowerCase()) {
          throw invalid("id", location.id ?? "", "Illegal operation: id cannot be changed");
        }
        await locations.replace(tx, id, checked(location), author);
      },
    },
  ),
);

function checked(location: Location): Location {
  const refusal = servicePointRefusal(location);
  if (refusal !== null) throw refusal;
  return kept(location);
}

/** The service points of a location are checked among themselves; that they exist is not, as with FOLIO. */
function servicePointRefusal({ servicePointIds = [], primaryServicePoint }: Location): Refusal | null {
  if (servicePointIds.length === 0) {
    return invalid("servicePointIds", [], "A location must have at least one Service Point assigned.");
  }
  if (!servicePointIds.includes(primaryServicePoint)) {
    const message = "A Location's Primary Service point must be included as a Service Point.";
    return invalid("primaryServicePoint", primaryServicePoint, message);
  }
  if (new Set(servicePointIds).size < servicePointIds.length) {
    return invalid("servicePointIds", servicePointIds, "A Service Point can only appear once on a Location.");
  }
  return null;
}

function kept({
  institution: _institution,
  campus: _campus,
  library: _library,
  primaryServicePointObject: _primary,
  servicePoints: _points,
  ...location
}: Location): Location {
  return { isActive: true, ...location };
}
