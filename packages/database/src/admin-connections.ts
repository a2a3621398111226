import type { Lease } from "./carried-transaction.ts";
import type { Connection } from "./connection.ts";
import { failureOf, messageOf } from "./failure.ts";
import { DatabaseAway } from "./module-database.ts";
import type { Primary } from "./primary.ts";

/** How long one waits for the next piece of work. */
const IDLE_MS = 1000;
/** A session's memory grows with each schema that it meets. */
const MAX_AGE_MS = 10_000;
const MOST_IDLE = 4;

/** One that was given back, until it is taken again. */
interface Idle {
  readonly database: string;
  readonly connection: Connection;
  readonly openedAt: number;
  readonly isClean: Promise<boolean>;
}

/** Connections of the provisioner to the databases of one cluster. A tenant's job is some dozen short pieces of work, and to begin a session costs the
 * server more than most of them: what was given back waits a moment for the next piece. No state goes with it (`DISCARD ALL`). */
export class AdminConnections {
  readonly #primary: Primary;
  #idle: readonly Idle[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(primary: Primary) {
    this.#primary = primary;
  }

  /** @throws DatabaseAway, TenantUnknown as `Primary.connect` */
  async take(database: string): Promise<Lease> {
    for (;;) {
      const kept = this.#idle.findLast((each) => each.database === database);
      if (kept === undefined) break;
      this.#idle = this.#idle.filter((each) => each !== kept);
      if ((await kept.isClean) && !kept.connection.isBroken) return this.#lease(kept);
      await kept.connection.close();
    }
    const connection = await this.#primary.connect(database, { prepares: false, answerMs: 0 });
    return this.#lease({ database, connection, openedAt: performance.now() });
  }

  /** One piece of work; where it fails its connection is closed, and whatever transaction it had open is rolled back.
   * @throws DatabaseAway where it was cut off */
  async with<T>(database: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    const lease = await this.take(database);
    try {
      const value = await work(lease.connection);
      lease.giveBack("keep");
      return value;
    } catch (error) {
      await lease.connection.close();
      if (failureOf(error) !== "away") throw error;
      throw new DatabaseAway(`the database is away: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Closes those that nobody uses. */
  async close(): Promise<void> {
    const idle = this.#idle;
    this.#idle = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(idle.map(({ connection }) => connection.close()));
  }

  #lease({ database, connection, openedAt }: Omit<Idle, "isClean">): Lease {
    const giveBack = (fate: "keep" | "close"): void => {
      const isOld = performance.now() - openedAt > MAX_AGE_MS;
      if (fate === "close" || isOld || connection.isBroken) void connection.close();
      else this.#keep({ database, connection, openedAt, isClean: discardAll(connection) });
    };
    return { connection, giveBack };
  }

  #keep(kept: Idle): void {
    const idle = [...this.#idle, kept];
    const superfluous = idle.length > MOST_IDLE ? idle[0] : undefined;
    this.#idle = idle.filter((each) => each !== superfluous);
    void superfluous?.connection.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.close(), IDLE_MS);
  }
}

/** Refused within a transaction: what somebody left open shows here. */
function discardAll(connection: Connection): Promise<boolean> {
  return connection.send("DISCARD ALL").then(
    () => true,
    () => false,
  );
}
