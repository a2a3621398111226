import { Type, type Static } from "typebox";

export const KeySet = Type.Object(
  {
    keys: Type.Array(
      Type.Object(
        {
          kty: Type.String({ description: "OKP" }),
          crv: Type.String({ description: "Ed25519" }),
          x: Type.String({ description: "The public key in base64url" }),
          kid: Type.String({ description: "Thumbprint of the key; tokens name it" }),
          use: Type.String({ description: "sig" }),
          alg: Type.String({ description: "EdDSA" }),
        },
        { additionalProperties: false },
      ),
      { description: "Also those that do not sign yet" },
    ),
  },
  { $id: "KeySet", description: "JSON Web Key Set (RFC 7517, RFC 8037)", additionalProperties: false },
);
export type KeySet = Static<typeof KeySet>;

function userIds(description: string) {
  return Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { description, maxItems: 1000 }),
  );
}

export const IdentityInvalidations = Type.Object(
  {
    tenantId: Type.Optional(
      Type.String({ description: "The tenant. A module may leave it out: its token says it" }),
    ),
    changed: userIds("Ids of users whose record or permissions have changed: read anew at their next call"),
    ended: userIds("Ids of users whose tokens and sessions end: deactivated, deleted, another password"),
    everybody: Type.Optional(
      Type.Enum(["changed", "ended"], {
        description:
          "The same for all users of the tenant: the contents of a permission set have changed; every token ends (operators only)",
      }),
    ),
  },
  {
    $id: "IdentityInvalidations",
    description: "One batch of changes to users of a tenant",
    additionalProperties: false,
  },
);
export type IdentityInvalidations = Static<typeof IdentityInvalidations>;
