/** Something that happened in this module for a tenant, as others learn of it. */
export interface Event {
  /** The same whenever it is sent again: consumers know it by this. */
  readonly id: string;
  /** "tags.created". */
  readonly type: string;
  /** Events of one key come in the order in which they were published. */
  readonly key: string;
  readonly payload: unknown;
  readonly publishedAt: Date;
}
