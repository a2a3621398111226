import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@octavo/embedded-postgres";

/** What instances are given of a database. */
export interface TestDatabase {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param adminUrl a database whose user may make roles and schemas; null: a PostgreSQL of its own, which is removed at the end */
export async function openTestDatabase(adminUrl: string | null): Promise<TestDatabase> {
  if (adminUrl !== null) return { env: environmentOf(adminUrl), stop: () => Promise.resolve() };
  const dataDir = mkdtempSync(join(tmpdir(), "octavo-module-database-"));
  chmodSync(dataDir, 0o711); // as root the server runs as another user, who must get in
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  const started = await startEmbeddedPostgres({ dataDir, maxConnections: 100, settings });
  if (!started.ok) throw new Error(started.error.message);
  const stop = async (): Promise<void> => {
    await started.value.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { env: environmentOf(started.value.url), stop };
}

/** A login of this run; the first instance makes it. */
function environmentOf(adminUrl: string): Record<string, string> {
  const url = new URL(adminUrl);
  url.username = `octavo_test_${randomBytes(6).toString("hex")}`;
  url.password = randomBytes(12).toString("hex");
  return { OCTAVO_DB_ADMIN_URL: adminUrl, OCTAVO_DB_URL: url.href };
}
