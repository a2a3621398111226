export { configuration } from "./configuration.ts";
