/** How much of the log of changes stays. What goes is the old end, never a change between two that stay. */
export interface LogLimits {
  /** Of more than so many changes the oldest go. */
  readonly mostRows: number;
  /** Changes that are older go. */
  readonly mostAgeMs: number;
  /** So many of the last stay, however old they are: who is further behind reads the tables anyway, and what a failover
   * loses is found among them. */
  readonly leastRows: number;
  /** And what is younger stays, however many there are: a gateway that was cut off for a while comes back to it. */
  readonly leastAgeMs: number;
  /** How many go in one transaction. */
  readonly rowsAtOnce: number;
  /** How often it is looked whether something may go. */
  readonly everyMs: number;
}

const DAY_MS = 86_400_000;

export const defaultLogLimits: LogLimits = {
  mostRows: 100_000,
  mostAgeMs: 30 * DAY_MS,
  leastRows: 1000,
  leastAgeMs: 3_600_000,
  rowsAtOnce: 500,
  everyMs: 60_000,
};
