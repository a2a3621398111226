export { dropObject, keepObject } from "./object-rows.ts";
export { objects } from "./objects-part.ts";
export type { RequestObjects } from "./request-objects.ts";
