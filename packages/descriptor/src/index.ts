export * from "./cron.ts";
export * from "./descriptor-source.ts";
export * from "./interface-version.ts";
export type * from "./module-descriptor.ts";
export * from "./module-id.ts";
export * from "./module-version-filter.ts";
export * from "./parse-module-descriptor.ts";
export * from "./validate-module-descriptor.ts";
export * from "./version.ts";
