import { Type, type Static } from "typebox";

export const PullDescriptor = Type.Object(
  {
    urls: Type.Array(Type.String(), {
      description: "Sources that hold the same descriptors; the first that answers is read",
    }),
  },
  {
    $id: "PullDescriptor",
    description: "Where to read module descriptors from",
    additionalProperties: false,
  },
);
export type PullDescriptor = Static<typeof PullDescriptor>;
