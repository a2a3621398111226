/** Something that happened in this module for a tenant, as others learn of it. */
export interface Event {
  /** The same whenever it is sent again: consumers know it by this. */
  readonly id: string;
  /** "tags.created". */
  readonly type: string;
  /** Events of one key come in the order in which they were published. */
  readonly key: string;
  readonly payload: unknown;
  /** Besides the payload, where the transport has a place for it: Kafka's records have headers, the feed has none. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly publishedAt: Date;
}
