export { keyedWrite } from "./keyed-write.ts";
export {
  type KeptAnswer,
  type KeyedRequest,
  oncePerKey,
  requestFingerprint,
  type RequestKeyRefusal,
} from "./once-per-key.ts";
export { requestKeys } from "./request-keys-part.ts";
