import { collection, searchable, Type } from "@octavo/module-kit";

export const addressTypes = collection("addresstype", {
  schema: Type.Object(
    { addressType: Type.String({ description: "Its unique name" }), desc: Type.Optional(Type.String()) },
    { additionalProperties: false },
  ),
  indexes: [searchable.text("addressType", ["exact", "words"]), searchable.text("desc", ["words"])],
  unique: [{ fields: ["addressType"] }],
  isVersioned: false,
});

export const shippedAddressTypes = [
  { id: "b6f4d1c6-0dfa-463c-9534-f49c4f0ae090", addressType: "Claim", desc: "Claim Address" },
  { id: "93d3d88d-499b-45d0-9bc7-ac73c3a19880", addressType: "Home", desc: "Home Address" },
  { id: "46ff3f08-8f41-485c-98d8-701ba8404f4f", addressType: "Order", desc: "Order Address" },
  { id: "a3c3d60b-df9e-41d9-b7f5-983008bc1a45", addressType: "Payment", desc: "Payment Address" },
  { id: "c42be2ab-c3fd-486c-a1fe-9e5ea0f16198", addressType: "Returns", desc: "Returns Address" },
  { id: "1c4b225f-f669-4e9b-afcd-ebc0e273a34e", addressType: "Work", desc: "Work Address" },
];
