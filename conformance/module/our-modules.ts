export { readingRooms } from "../../docs/guide/reading-rooms.ts";
export { tags } from "../../modules/tags/src/index.ts";
