import type { Event } from "./event.ts";

/** Brings events to wherever others read them. */
export interface Transport {
  /** It may be given events of several keys in one call: those of each key in their order, and all of a key or none are counted as arrived. */
  readonly takesManyKeys?: boolean;
  /** Sends events of one key, or of several where it takes them, in this order, and resolves when all of them are safe there. What has failed is sent
   * again, the whole list of the key, so that an event may come twice. Called outside of any transaction. Must end within half a minute: after a minute
   * others send the same.
   * @throws where one of them may not have arrived; `PartlySent` where that is not so of all keys */
  send(tenantId: string, events: readonly Event[]): Promise<void>;
  /** Called once, after the last `send` has ended. */
  close?(): Promise<void>;
}

/** Some keys have arrived, and need not be sent again. */
export class PartlySent extends Error {
  override readonly name = "PartlySent";
  /** Of each key of which an event may not have arrived: why. */
  readonly failed: ReadonlyMap<string, string>;

  constructor(failed: ReadonlyMap<string, string>) {
    super([...new Set(failed.values())].join("; "));
    this.failed = failed;
  }
}
