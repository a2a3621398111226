export type { Answer, Failure, FailureKind, Success } from "./answer.ts";
export type { CallOptions, WriteOptions } from "./call.ts";
export { createClient, type Client } from "./create-client.ts";
export { followEvents, type FollowOptions, type ServerEvent } from "./follow-events.ts";
export type * from "./generated/operations.ts";
export type * from "./generated/schemas.ts";
export { RawJson } from "./raw-json.ts";
export type { TransportOptions } from "./transport.ts";
