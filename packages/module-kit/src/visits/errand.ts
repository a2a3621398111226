/** What workers go to a tenant's database for: run jobs, send events, sweep. */
export interface Errand {
  readonly name: string;
  /** How many more visits this instance can make for it now. */
  free(): number;
  /** Does what is due, or begins it. What fails there is tried again ten seconds later.
   * @returns in how many seconds something will be due; null: nothing waits */
  run(tenantId: string): Promise<number | null>;
}
