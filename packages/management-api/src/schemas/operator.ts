import { Type, type Static } from "typebox";

const role = Type.Enum(["admin", "viewer", "deployer", "tenant-admin"], {
  $id: "OperatorRole",
  description: "What an operator may do; admin may do everything",
});

const properties = {
  id: Type.String({ description: "Id of the operator, part of the token" }),
  name: Type.String({ description: "Name for people" }),
  roles: Type.Array(role, { description: "Roles" }),
  createdAt: Type.String({ description: "When it was created, ISO 8601" }),
};

export const Operator = Type.Object(properties, {
  $id: "Operator",
  description: "A person or program that may use the management API. The token itself is not kept",
  additionalProperties: false,
});
export type Operator = Static<typeof Operator>;

export const NewOperator = Type.Object(
  { name: properties.name, roles: Type.Array(role, { description: "Roles; at least one", minItems: 1 }) },
  { $id: "NewOperator", description: "An operator to create", additionalProperties: false },
);
export type NewOperator = Static<typeof NewOperator>;

export const OperatorWithToken = Type.Object(
  { ...properties, token: Type.String({ description: "The credential. It is shown this once" }) },
  { $id: "OperatorWithToken", description: "An operator just created", additionalProperties: false },
);
export type OperatorWithToken = Static<typeof OperatorWithToken>;
