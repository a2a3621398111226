import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@octavo/embedded-postgres";

/** Gives the work an embedded PostgreSQL as it is installed (durable commits), empty, which is gone afterwards. */
export async function withPostgres<T>(
  maxConnections: number,
  work: (adminUrl: string) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), "octavo-bench-"));
  chmodSync(dataDir, 0o711); // as root the server runs as another user, who must get in
  const server = await startEmbeddedPostgres({ dataDir, maxConnections });
  if (!server.ok) throw new Error(server.error.message);
  try {
    return await work(server.value.url);
  } finally {
    await server.value.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
