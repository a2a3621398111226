export { shelf1 } from "./six-modules.ts";
