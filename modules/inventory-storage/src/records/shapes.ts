import { Type, Uuid } from "@octavo/module-kit";

/** Shapes that instances, holdings records and items have in common. Everything is optional but what FOLIO requires. */

export const Text = Type.Optional(Type.String());
export const Flag = Type.Optional(Type.Boolean());
export const Id = Type.Optional(Uuid);
export const Texts = Type.Optional(Type.Array(Type.String()));
export const DistinctTexts = Type.Optional(Type.Array(Type.String(), { uniqueItems: true }));
export const DistinctIds = Type.Optional(Type.Array(Uuid, { uniqueItems: true }));

const closed = { additionalProperties: false };

export const Tags = Type.Optional(Type.Object({ tagList: Texts }, closed));

export const ElectronicAccess = Type.Optional(
  Type.Array(
    Type.Object(
      {
        uri: Type.String(),
        linkText: Text,
        materialsSpecification: Text,
        publicNote: Text,
        relationshipId: Text,
      },
      closed,
    ),
  ),
);

/** Made when a record is read by mod-inventory, and sent back by its clients: taken, and not kept. */
export const Virtual = Type.Optional(Type.Unknown({ description: "Not kept" }));
