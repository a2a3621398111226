export * from "./equal-json.ts";
export * from "./has-nul.ts";
export * from "./json-value.ts";
export * from "./parse-json.ts";
export * from "./plain-value.ts";
export * from "./print-json.ts";
