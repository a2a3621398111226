export { readingRooms } from "../../docs/guide/reading-rooms.ts";
export { configuration } from "../../modules/configuration/src/index.ts";
export { notes } from "../../modules/notes/src/index.ts";
export { settings } from "../../modules/settings/src/index.ts";
export { tags } from "../../modules/tags/src/index.ts";
