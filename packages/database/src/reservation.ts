import { randomUUID } from "node:crypto";
import { DatabaseError } from "pg";
import type { Lease } from "./carried-transaction.ts";
import type { Connection } from "./connection.ts";
import { RESERVATIONS } from "./reservation-table.ts";

/** For how long a reservation counts after the last sign of its process, by the database's clock. */
const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;

/** The connections of a process do not fit into its cluster. */
export class BudgetRefused extends Error {
  override readonly name = "BudgetRefused";
}

/** What a cluster's table says. */
interface Sum {
  readonly reserved: number;
  readonly processes: number;
  readonly largest: number;
  readonly usable: number;
}

/** How this process and all others are at one cluster, as of its last sign of life there: at most 20 s ago. */
export interface ReservationState {
  readonly cluster: string;
  /** Of this process; 0 where it could not say so: its row counts until the lease is over. */
  readonly reserved: number;
  /** Of all processes, this one included, and of how many. */
  readonly reservedByAll: number;
  readonly processes: number;
  /** What the server gives to others than its administrators. */
  readonly usable: number;
}

/** Keeps this process's budget reserved in one cluster (DECISIONS 22), so that all processes together never ask for more connections than the
 * server gives, and one more of the largest can start beside them during an upgrade. */
export class Reservation {
  readonly #process = randomUUID();
  readonly #name: string;
  readonly #connections: number;
  readonly #take: () => Promise<Lease>;
  readonly #renewMs: number;
  #timer: NodeJS.Timeout | null = null;
  #sum: Sum | null = null;
  #isKept = false;

  /** @param take a connection of the budget itself, to the cluster's own database */
  constructor(name: string, connections: number, take: () => Promise<Lease>, renewMs: number = RENEW_MS) {
    this.#renewMs = renewMs;
    this.#name = name;
    this.#connections = connections;
    this.#take = take;
  }

  /** @returns false where the table is not there yet: nothing was provisioned, so that nobody else reserves either
   * @throws BudgetRefused with the sum that does not fit */
  async open(): Promise<boolean> {
    this.#timer = setInterval(() => void this.#renew(), this.#renewMs);
    this.#timer.unref();
    return this.#keep((connection) => this.#reserve(connection));
  }

  /** Null before it was once there. */
  state(cluster: string): ReservationState | null {
    if (this.#sum === null) return null;
    const { reserved: reservedByAll, processes, usable } = this.#sum;
    return { cluster, reserved: this.#isKept ? this.#connections : 0, reservedByAll, processes, usable };
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const text = `DELETE FROM ${RESERVATIONS} WHERE process = $1`;
    // Where the database is away the row goes by itself.
    await this.#transact((connection) => connection.query({ text, values: [this.#process] }, null)).catch(
      () => null,
    );
  }

  /** Once it runs a process is never refused: a row that was lost while the database was away is written again. */
  async #renew(): Promise<void> {
    await this.#keep((connection) => this.#write(connection)).catch(() => null);
  }

  async #keep(write: (connection: Connection) => Promise<void>): Promise<boolean> {
    this.#isKept = await this.#transact(async (connection) => {
      await write(connection);
      this.#sum = await sumOf(connection);
    }).catch((error: unknown) => {
      this.#isKept = false;
      throw error;
    });
    return this.#isKept;
  }

  async #reserve(connection: Connection): Promise<void> {
    await connection.query(
      { text: `DELETE FROM ${RESERVATIONS} WHERE expires_at < now()`, values: [] },
      null,
    );
    const refusal = refusalOf(await sumOf(connection), this.#connections);
    if (refusal !== null) throw new BudgetRefused(refusal);
    await this.#write(connection);
  }

  async #write(connection: Connection): Promise<void> {
    const text = `INSERT INTO ${RESERVATIONS} (process, name, connections, expires_at)
      VALUES ($1, $2, $3, now() + make_interval(secs => $4))
      ON CONFLICT (process) DO UPDATE SET expires_at = excluded.expires_at`;
    await connection.query(
      { text, values: [this.#process, this.#name, this.#connections, LEASE_SECONDS] },
      null,
    );
  }

  /** @returns false where there is no table */
  async #transact(work: (connection: Connection) => Promise<unknown>): Promise<boolean> {
    const lease = await this.#take();
    let fate: "keep" | "close" = "close";
    try {
      await lease.connection.send("BEGIN; SELECT pg_advisory_xact_lock(hashtext('octavo_connections'))");
      await work(lease.connection);
      await lease.connection.send("COMMIT");
      fate = "keep";
      return true;
    } catch (error) {
      if (
        error instanceof DatabaseError &&
        (error.code === "42P01" || error.code === "3F000" || error.code === "42501")
      )
        return false;
      throw error;
    } finally {
      lease.giveBack(fate);
    }
  }
}

async function sumOf(connection: Connection): Promise<Sum> {
  const text = `SELECT coalesce(sum(connections), 0)::int AS reserved, count(*)::int AS processes, coalesce(max(connections), 0) AS largest,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true)::int, 0) AS usable
    FROM ${RESERVATIONS} WHERE expires_at >= now()`;
  const { rows } = await connection.query({ text, values: [] }, null);
  return rows[0] as unknown as Sum; // one row, of the columns above
}

/** @returns null where it fits */
export function refusalOf({ reserved, processes, largest, usable }: Sum, wanted: number): string | null {
  const headRoom = Math.max(largest, wanted);
  if (reserved + wanted + headRoom <= usable) return null;
  return (
    `${wanted} connections of this process do not fit: ${reserved} are reserved by ${processes} other processes, ${headRoom} (the largest budget) are kept free, ` +
    `${reserved} + ${wanted} + ${headRoom} is more than the ${usable} that the server gives: lower OCTAVO_DB_BUDGET, run fewer processes, or raise max_connections`
  );
}
