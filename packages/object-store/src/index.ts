export { keyPrefix, makeObjectKey, type ObjectKey, type ObjectOwner, parseObjectKey } from "./object-key.ts";
export {
  type BodyDiffers,
  type ByteRange,
  type ExpectedBody,
  type ListedObject,
  type NotReadable,
  type ObjectFacts,
  type ObjectStore,
  type OpenObject,
  type OpenUpload,
  type Presignable,
  type ReceivedPart,
  StoreAway,
  type StoredObject,
  type Upload,
} from "./object-store.ts";
export { type ObjectStorePlace, openObjectStore, parseObjectStoreUrl } from "./open-object-store.ts";
export { bytesOfPart, missingParts, type PartPlan, planParts, type TooLarge } from "./part-plan.ts";
export type { S3Credentials } from "./s3/s3-settings.ts";
export { type ObjectRow, type Swept, sweepObjects, type SweepRequest } from "./sweep.ts";
