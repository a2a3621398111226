import { Type, type Static } from "typebox";

export const EnvEntry = Type.Object(
  {
    name: Type.Optional(Type.String({ description: "Name of the variable" })),
    value: Type.Optional(Type.String({ description: "Value of the variable" })),
    description: Type.Optional(Type.String({ description: "What it is for" })),
    required: Type.Optional(
      Type.Boolean({ description: "The module cannot run without it, as no default would make sense" }),
    ),
  },
  {
    $id: "EnvEntry",
    // `name` is not required here: Okapi has a sentence of its own for an entry without it.
    description: "An environment variable. Must have a name",
    additionalProperties: false,
  },
);
export type EnvEntry = Static<typeof EnvEntry>;
