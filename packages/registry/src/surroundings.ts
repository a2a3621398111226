import type { Client, Pool } from "pg";
import { type ConnectionOptions, createListeningClient, createPool } from "./connect.ts";
import { type ProcessTime, processTime } from "./process-time.ts";

/** What a registry stands on: connections to a database, and time. */
export interface Surroundings {
  readonly time: ProcessTime;
  createPool(options: ConnectionOptions): Pool;
  /** One connection of its own, for notifications. */
  createListener(options: ConnectionOptions): Client;
}

export const realSurroundings: Surroundings = {
  time: processTime,
  createPool,
  createListener: createListeningClient,
};
