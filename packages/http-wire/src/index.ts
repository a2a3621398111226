export type { BodyFraming, RequestHead } from "./request-head.ts";
export { BodyFailure, type BodySource } from "./body-source.ts";
export type { ResponseSink } from "./response-sink.ts";
export * from "./listener.ts";
export type * from "./upstream.ts";
export { listenOnNode } from "./node-listener.ts";
export { type HeaderList, headerOf, headerPairs, headersOf } from "./header-list.ts";
export { type CheckedHead, checkHead, type GateRefusal } from "./semantic-gate.ts";
export type { OkapiHeaders } from "./okapi-headers.ts";
