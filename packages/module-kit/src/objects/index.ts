export {
  type BodyDiffers,
  bytesOfPart,
  type ExpectedBody,
  missingParts,
  type PartPlan,
  planParts,
  type ReceivedPart,
  type StoredObject,
  type Upload,
} from "@octavo/object-store";
export { dropObject, keepObject } from "./object-rows.ts";
export { objects } from "./objects-part.ts";
export type { NamedUpload, RequestObjects } from "./request-objects.ts";
