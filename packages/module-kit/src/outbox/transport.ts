import type { Event } from "./event.ts";

/** Brings events to wherever others read them. */
export interface Transport {
  /** It may be given events of several keys in one call: those of each key in their order, and all of them or none arrive. */
  readonly takesManyKeys?: boolean;
  /** Sends events of one key, or of several where it takes them, in this order, and resolves when all of them are safe there. What has failed is sent again, the whole list,
   * so that an event may come twice. Called outside of any transaction.
   * @throws where one of them may not have arrived */
  send(tenantId: string, events: readonly Event[]): Promise<void>;
}
