import type { Pool } from "pg";

/** Whether a backend of the server, by its process id, serves a connection of this pool: what it notifies of is our own
 * write, whose snapshot is in place already. Behind a pooler the ids are others; then we look once too often. */
export function watchOwnBackends(pool: Pool): (processId: number) => boolean {
  const own = new Set<number>();
  pool.on("connect", (client) => own.add(backendOf(client)));
  pool.on("remove", (client) => own.delete(backendOf(client)));
  return (processId) => own.has(processId);
}

/** pg keeps what the server told it at the start; its types do not say so. */
function backendOf(client: object): number {
  return "processID" in client && typeof client.processID === "number" ? client.processID : -1;
}
