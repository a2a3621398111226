import { Type, type Static } from "typebox";

export const TenantDescriptor = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        description:
          "Id of the tenant: a lower-case letter, then up to 30 lower-case letters and digits. Chosen by the server where it is left out",
      }),
    ),
    name: Type.Optional(Type.String({ description: "Name for people" })),
    description: Type.Optional(Type.String({ description: "What it is for" })),
  },
  {
    $id: "TenantDescriptor",
    description: "A tenant: one library or group of libraries",
    additionalProperties: false,
  },
);
export type TenantDescriptor = Static<typeof TenantDescriptor>;
