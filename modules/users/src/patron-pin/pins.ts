import { collection, Type } from "@octavo/module-kit";

/** By the ids of users; not the pins themselves. */
export const pins = collection("patronpin", {
  schema: Type.Object({ pin: Type.String({ description: "Its hash" }) }, { additionalProperties: false }),
  isVersioned: false,
});
