import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@octavo/embedded-postgres";
import type { TestProject } from "vitest/node";
import { query } from "./query.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser of the PostgreSQL of this run; tests reach it through fresh-database.ts. */
    adminDatabaseUrl: string;
  }
}

let end: (() => Promise<void>) | null = null;

/** One PostgreSQL for all tests of a run: the embedded one in a folder of its own, or the one that
 * OCTAVO_TEST_DATABASE_URL names (a superuser; .ci/run uses it for the oldest major that we support). */
export async function setup(project: TestProject): Promise<void> {
  const given = process.env["OCTAVO_TEST_DATABASE_URL"] ?? "";
  const server = given === "" ? await startServer() : await givenServer(given);
  end = server.stop;
  project.provide("adminDatabaseUrl", server.url);
}

/** Called when tests failed too. */
export async function teardown(): Promise<void> {
  await end?.();
}

interface TestServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function givenServer(url: string): Promise<TestServer> {
  const before = await databases(url);
  return { url, stop: () => dropDatabases(url, before) };
}

/** The folder's name has our user and ends with our process id, by which a later run knows one that was left. */
const FOLDER = `octavo-test-postgres-${process.getuid?.() ?? "user"}-`;

async function startServer(): Promise<TestServer> {
  await removeLeftServers();
  const dataDir = join(tmpdir(), `${FOLDER}${process.pid}`);
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o711); // as root the server runs as another user, who must get in
  const started = await open(dataDir);
  if (!started.ok) throw new Error(started.error.message);
  const stop = async (): Promise<void> => {
    await started.value.stop();
    rmSync(dataDir, { recursive: true });
  };
  return { url: started.value.url, stop };
}

function open(dataDir: string): ReturnType<typeof startEmbeddedPostgres> {
  const fast = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  return startEmbeddedPostgres({ dataDir, maxConnections: 200, settings: fast });
}

/** A run that was killed left its server running: adopted, stopped and removed by the next run. */
async function removeLeftServers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(FOLDER))) {
    if (isOtherRun(Number(name.slice(FOLDER.length)))) continue;
    const left = await open(join(tmpdir(), name));
    if (left.ok) await left.value.stop();
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isOtherRun(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function databases(url: string): Promise<string[]> {
  const rows = await query(url, "SELECT datname FROM pg_database");
  return rows.map((row) => String(row["datname"]));
}

/** Leaves a server that is not ours as it was: test files that ended early have not dropped theirs. */
async function dropDatabases(url: string, except: readonly string[]): Promise<void> {
  for (const name of await databases(url)) {
    if (!name.startsWith("octavo_test_") || except.includes(name)) continue;
    await query(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}
