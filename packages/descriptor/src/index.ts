export type * from "./module-descriptor.ts";
