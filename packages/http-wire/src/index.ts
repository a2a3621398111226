export type * from "./request-head.ts";
export type * from "./body-source.ts";
export type * from "./response-sink.ts";
export type * from "./listener.ts";
