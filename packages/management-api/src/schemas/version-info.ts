import { Type, type Static } from "typebox";

export const VersionInfo = Type.Object(
  {
    octavo: Type.String({ description: "Version of Octavo" }),
    okapi: Type.String({ description: "Version of Okapi whose API is served" }),
    node: Type.Optional(Type.String({ description: "Version of Node that runs it" })),
  },
  { $id: "VersionInfo", description: "What is running", additionalProperties: false },
);
export type VersionInfo = Static<typeof VersionInfo>;
