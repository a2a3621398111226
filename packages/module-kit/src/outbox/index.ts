export { consumeOnce } from "./consume-once.ts";
export type { Event } from "./event.ts";
export { feedRoute } from "./feed-route.ts";
export { consumers, outbox, Outbox, type OutboxOptions } from "./outbox-part.ts";
export type { NewEvent } from "./publish.ts";
export type { Transport } from "./transport.ts";
