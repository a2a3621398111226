import type { Event } from "./event.ts";

/** Brings events to wherever others read them. */
export interface Transport {
  /** Sends events of one key, in this order, and resolves when all of them are safe there. What has failed is sent again, the whole list,
   * so that an event may come twice. Called outside of any transaction.
   * @throws where one of them may not have arrived */
  send(tenantId: string, events: readonly Event[]): Promise<void>;
}
