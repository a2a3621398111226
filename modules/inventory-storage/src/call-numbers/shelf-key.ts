import { deweyShelfKey } from "./dewey-shelf-key.ts";
import { lcShelfKey } from "./lc-shelf-key.ts";
import { suDocShelfKey } from "./sudoc-shelf-key.ts";

/** The call number types of the reference data whose numbers have an order of their own. */
export const CALL_NUMBER_TYPES = {
  dewey: "03dd64d0-5626-4ecd-8ece-4531e0069f35",
  libraryOfCongress: "95467209-6d7b-468b-94df-0f5d7ad2747d",
  libraryOfMedicine: "054d460d-d6b9-4469-9e37-7a78a2266655",
  superintendentOfDocuments: "fc388041-6cd0-4806-8a74-ebe3b9ab4c6e",
} as const;

const keyOf = new Map<string, (callNumber: string) => string>([
  [CALL_NUMBER_TYPES.dewey, deweyShelfKey],
  [CALL_NUMBER_TYPES.libraryOfCongress, lcShelfKey],
  [CALL_NUMBER_TYPES.libraryOfMedicine, lcShelfKey],
  [CALL_NUMBER_TYPES.superintendentOfDocuments, suDocShelfKey],
]);

/** What call numbers are sorted by. One of another type is sorted as it is written. */
export function shelfKey(typeId: string | undefined, callNumber: string): string {
  const trimmed = callNumber.trim();
  return (keyOf.get(typeId ?? "")?.(trimmed) ?? trimmed).trim();
}
