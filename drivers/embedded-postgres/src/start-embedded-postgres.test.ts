import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { query } from "@octavo/testing/query";
import { temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isProcessAlive } from "./process-identity.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./start-embedded-postgres.ts";
import { startInChild, type ChildStart } from "./testing/child-start.ts";
import { canTraverse, isRoot, unprivilegedUser } from "./server-user.ts";

let folder: ReturnType<typeof temporaryFolder>;
let dataDir: string;
/** Undone in reverse order after each test: servers stop before their folder goes. */
let undo: (() => unknown)[];
beforeEach(() => {
  folder = temporaryFolder();
  dataDir = join(folder.path, "postgres");
  undo = [() => folder.remove()];
});
afterEach(async () => {
  for (const step of undo.toReversed()) await step();
});

describe("a fresh start", () => {
  it("makes a UTF-8 database on loopback behind a password that only we can read", async () => {
    const lines: string[] = [];
    const server = await start({ onProgress: (line) => lines.push(line) });
    expect(server).toMatchObject({ isAdopted: false, version: expect.stringMatching(/^18\./) });
    expect(lines).toEqual([`making a database in ${dataDir} (PostgreSQL ${server.version})`]);
    expect(
      await settings(server.url, "server_encoding", "listen_addresses", "fsync", "max_connections"),
    ).toEqual(["UTF8", "127.0.0.1", "on", "20"]);
    expect(statSync(join(dataDir, "cluster", "password")).mode & 0o777).toBe(0o600);
    await expect(query(server.url.replace(/:[0-9a-f]+@/, ":guess@"), "SELECT 1")).rejects.toThrow(/password/);
  });

  it.each([
    ["no LANG at all", {}],
    ["a LANG that does not exist", { LANG: "xx_YY.nonsense" }],
    [
      "another encoding",
      { LC_ALL: "tr_TR.ISO-8859-9", PGCLIENTENCODING: "LATIN1", PGPORT: "1", PGDATA: "/nowhere" },
    ],
  ])("makes the same database with %s", async (_, env) => {
    const child = started(await startInChild(dataDir, env));
    const rows = await query(
      child.url,
      "SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider, datlocale, datcollate FROM pg_database WHERE datname = current_database()",
    );
    expect(rows).toEqual([{ encoding: "UTF8", datlocprovider: "b", datlocale: "C.UTF-8", datcollate: "C" }]);
  });

  it("removes what a start left that was killed half-way", async () => {
    const half = join(dataDir, "cluster.new-4194304-0123abcd"); // above the largest process id that Linux gives
    mkdirSync(half, { recursive: true });
    chmodSync(dataDir, 0o711);
    await start();
    expect(existsSync(half)).toBe(false);
  });

  it("keeps its socket below /tmp where the data folder's path is too long for one", async () => {
    dataDir = join(folder.path, "a".repeat(60), "b".repeat(60));
    mkdirSync(dataDir, { recursive: true });
    const server = await start();
    const [sockets = ""] = await settings(server.url, "unix_socket_directories");
    expect(sockets).toMatch(/^"?\/tmp\/octavo-[0-9a-f]{16}"?$/);
    await server.stop();
    expect(existsSync(sockets.replaceAll('"', ""))).toBe(false);
  });
});

describe("a restart", () => {
  it("keeps the data and, where it is free, the port", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE book AS SELECT 'Emma' AS title");
    await first.stop();
    const second = await start();
    expect(second).toMatchObject({ isAdopted: false, port: first.port, url: first.url });
    expect(await query(second.url, "SELECT title FROM book")).toEqual([{ title: "Emma" }]);
  });

  it("recovers what was committed before a kill -9 of the server", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE book AS SELECT 'Emma' AS title");
    process.kill(first.pid, "SIGKILL");
    const second = await start();
    expect(second.isAdopted).toBe(false);
    expect(await query(second.url, "SELECT title FROM book")).toEqual([{ title: "Emma" }]);
  });

  it("is not held up by a pid file whose number now belongs to another process", async () => {
    const first = await start();
    const pidFile = join(dataDir, "cluster", "data", "postmaster.pid");
    const left = readFileSync(pidFile, "utf8");
    await first.stop();
    writeFileSync(pidFile, left.replace(String(first.pid), String(process.pid)));
    expect(await start()).toMatchObject({ isAdopted: false });
  });

  it("takes another port when the last one is in use now", async () => {
    const first = await start();
    await first.stop();
    const other = temporaryFolder();
    undo.push(() => other.remove());
    mkdirSync(join(other.path, "postgres"));
    chmodSync(join(other.path, "postgres"), 0o711);
    writeFileSync(join(other.path, "postgres", "port"), `${first.port}\n`);
    const squatter = await start({ dataDir: join(other.path, "postgres") });
    expect(squatter.port).toBe(first.port);
    expect((await start()).port).not.toBe(first.port);
  });
});

describe("a server that already runs", () => {
  it("survives Ctrl-C in its starter's terminal, is adopted by the next start, and ends at its stop", async () => {
    const child = await startInChild(dataDir);
    const { pid } = started(child);
    await child.signalGroup("SIGINT");
    const lines: string[] = [];
    const adopted = await start({ onProgress: (line) => lines.push(line) });
    expect(adopted).toMatchObject({ isAdopted: true, pid });
    expect(lines).toEqual([`PostgreSQL is already running on this data (process ${pid}), adopting it`]);
    await adopted.stop();
    expect(isProcessAlive(pid)).toBe(false);
  });

  it("survives a kill -9 of its starter too", async () => {
    const child = await startInChild(dataDir);
    await child.signalGroup("SIGKILL");
    expect(await start()).toMatchObject({ isAdopted: true, pid: started(child).pid });
  });

  it("is stopped by the last of those who use it", async () => {
    const child = await startInChild(dataDir);
    const adopted = await start();
    await child.signalGroup("SIGTERM");
    expect(await query(adopted.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await adopted.stop();
    expect(isProcessAlive(adopted.pid)).toBe(false);
  });

  it("is one, however many start at once on an empty folder", async () => {
    const children = await Promise.all([1, 2, 3].map(() => startInChild(dataDir)));
    const servers = children.map(started);
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    expect(servers.filter(({ isAdopted }) => !isAdopted).length).toBe(1);
    expect(readdirSync(dataDir).filter((name) => name.startsWith("cluster"))).toEqual(["cluster"]);
  });

  it("is refused when it does not take our password", async () => {
    const first = await start();
    const passwordFile = join(dataDir, "cluster", "password");
    const password = readFileSync(passwordFile, "utf8");
    writeFileSync(passwordFile, "another\n");
    expect(await refusal()).toMatchObject({
      kind: "not-ours",
      message: expect.stringContaining(`process ${first.pid}`),
    });
    writeFileSync(passwordFile, password);
  });
});

describe("stop", () => {
  it("leaves no process, no socket and no pid file, and may be called twice", async () => {
    const server = await start();
    expect(readdirSync(join(dataDir, "cluster", "run")).length).toBe(2); // the socket and its lock
    await Promise.all([server.stop(), server.stop()]);
    expect(spawnSync("pgrep", ["-f", dataDir], { encoding: "utf8" }).stdout).toBe("");
    expect(readdirSync(join(dataDir, "cluster", "run"))).toEqual([]);
    expect(readdirSync(join(dataDir, "users"))).toEqual([]);
    expect(existsSync(join(dataDir, "cluster", "data", "postmaster.pid"))).toBe(false);
  });

  it("does not wait for clients that sit in a transaction", async () => {
    const server = await start();
    const lost = query(server.url, "BEGIN; SELECT pg_sleep(1000)").catch((error: Error) => error.message);
    await query(server.url, "SELECT 1");
    await server.stop();
    expect(await lost).toMatch(/terminat/);
    expect(isProcessAlive(server.pid)).toBe(false);
  });
});

describe("a folder that cannot be used is refused with what to do:", () => {
  const cluster = (): string => join(dataDir, "cluster");

  it("data of another major version", async () => {
    await (await start()).stop();
    writeFileSync(join(cluster(), "data", "PG_VERSION"), "17\n");
    expect(await refusal()).toMatchObject({
      kind: "other-version",
      message: expect.stringMatching(/PostgreSQL 17 made it, and this is 18\..*pg_dump/),
    });
  });

  it("data with its control file gone", async () => {
    await (await start()).stop();
    rmSync(join(cluster(), "data", "global", "pg_control"));
    expect(await refusal()).toMatchObject({
      kind: "damaged-data",
      message: expect.stringContaining("data/global/pg_control missing"),
    });
  });

  it("data that PostgreSQL itself finds damaged", async () => {
    await (await start()).stop();
    writeFileSync(join(cluster(), "data", "global", "pg_control"), "no control file");
    expect(await refusal()).toMatchObject({
      kind: "start-failed",
      message: expect.stringMatching(/pg_control[^]*The whole log is .*postgres\.log/),
    });
  });

  it("a path through a file", async () => {
    writeFileSync(dataDir, "");
    dataDir = join(dataDir, "deeper");
    expect(await refusal()).toMatchObject({
      kind: "not-writable",
      message: expect.stringContaining("OCTAVO_DATA_DIR"),
    });
  });
});

const nobody = unprivilegedUser();
const canActAsNobody = isRoot() && nobody !== null && canTraverse(nobody, import.meta.dirname);

describe.runIf(isRoot())("as root", () => {
  it("keeps the server's files where its user can reach them when the data folder is root's alone", async () => {
    chmodSync(folder.path, 0o700);
    const server = await start();
    const home = readFileSync(join(dataDir, "home.txt"), "utf8").trim();
    undo.push(() => rmSync(home, { recursive: true }));
    await query(server.url, "CREATE TABLE book AS SELECT 'Emma' AS title");
    await server.stop();
    const again = await start();
    expect(await query(again.url, "SELECT title FROM book")).toEqual([{ title: "Emma" }]);
    expect(readFileSync(join(home, "belongs-to.txt"), "utf8")).toBe(`${dataDir}\n`);
    expect(home).toMatch(/^\/var\/lib\/octavo\/[0-9a-f]{12}-[0-9a-f]{6}$/);
    await again.stop();
  });

  it("says so when the place that the data folder names is gone", async () => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "home.txt"), "/var/lib/octavo/not-there\n");
    expect(await refusal()).toMatchObject({
      kind: "damaged-data",
      message: expect.stringContaining("/var/lib/octavo/not-there, which is gone"),
    });
  });
});

describe.runIf(canActAsNobody)("as an ordinary user", () => {
  it("everything belongs to that user, and root can open it later", async () => {
    chmodSync(folder.path, 0o777);
    const child = await startInChild(dataDir, {}, nobody);
    await query(started(child).url, "CREATE TABLE book AS SELECT 'Emma' AS title");
    await child.signalGroup("SIGTERM");
    expect(statSync(join(dataDir, "cluster", "data")).uid).toBe(nobody?.uid);
    const asRoot = await start();
    expect(await query(asRoot.url, "SELECT title FROM book")).toEqual([{ title: "Emma" }]);
    await asRoot.stop();
  });

  it("a folder that this user may not write is refused", async () => {
    const child = await startInChild(dataDir, {}, nobody);
    expect(child.outcome).toMatchObject({ kind: "not-writable", message: expect.stringContaining("EACCES") });
  });
});

async function start(
  options: { dataDir?: string; onProgress?: (line: string) => void } = {},
): Promise<EmbeddedPostgres> {
  const result = await startEmbeddedPostgres({ dataDir, maxConnections: 20, ...options });
  if (!result.ok) throw new Error(result.error.message);
  undo.push(() => result.value.stop());
  return result.value;
}

async function refusal(): Promise<unknown> {
  const result = await startEmbeddedPostgres({ dataDir, maxConnections: 20 });
  expect(result.ok).toBe(false);
  return result.ok ? null : result.error;
}

function started(child: ChildStart): Omit<EmbeddedPostgres, "stop"> {
  if ("kind" in child.outcome) throw new Error(child.outcome.message);
  undo.push(() => child.signalGroup("SIGTERM"));
  return child.outcome;
}

async function settings(url: string, ...names: string[]): Promise<string[]> {
  const [row = {}] = await query(
    url,
    `SELECT ${names.map((name) => `current_setting('${name}') AS ${name}`).join(", ")}`,
  );
  return names.map((name) => String(row[name]));
}
