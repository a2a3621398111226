import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** `octavo gateway` as operators run it: real processes, embedded PostgreSQL in a folder of the test. The stated time to
 * a first answer is 10 s; the guard against hanging is three times that. */
const HANG_MS = 30_000;
vi.setConfig({ testTimeout: 4 * HANG_MS }); // some start four times

let folder: ReturnType<typeof temporaryFolder>;
let started: SpawnedOctavo[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const octavo of started) await octavo.stop();
  started = [];
  await endPostgres();
  folder.remove();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<SpawnedOctavo> {
  const octavo = await spawnOctavo(["gateway"], {
    OCTAVO_DATA_DIR: folder.path,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_DRAIN_DELAY_MS: "0",
    ...env,
  });
  started.push(octavo);
  return octavo;
}

/** PostgreSQL's own file names its process while it runs. */
function postgresPid(): number | null {
  const file = join(folder.path, "postgres", "cluster", "data", "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n", 1)[0]) : null;
}

/** A test that killed its gateway leaves the database running, as a crash would. */
async function endPostgres(): Promise<void> {
  const pid = postgresPid();
  if (pid === null) return;
  process.kill(pid, "SIGINT"); // fast shutdown
  while (postgresPid() !== null) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function as(octavo: SpawnedOctavo, method: string, path: string, body?: string): Promise<Response> {
  const token = readFileSync(join(folder.path, "operator-token"), "utf8").trim();
  return fetch(octavo.url + path, {
    method,
    headers: { "X-Okapi-Token": token },
    ...(body === undefined ? {} : { body }),
  });
}

const tenants = async (octavo: SpawnedOctavo): Promise<readonly string[]> => {
  const answer = await as(octavo, "GET", "/_/proxy/tenants");
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { id: string }[]).map(({ id }) => id); // TenantDescriptor[] of the API
};

describe("octavo gateway on a fresh data folder", () => {
  it("answers, is closed, and ends cleanly with its database on SIGTERM", async () => {
    const octavo = await start();
    await octavo.healthy(HANG_MS);
    expect((await fetch(`${octavo.url}/_/proxy/tenants`)).status).toBe(401);
    expect(await tenants(octavo)).toEqual(["supertenant"]);
    for (const secret of ["key", "operator-token"]) {
      expect(statSync(join(folder.path, secret)).mode & 0o777).toBe(0o600);
    }
    const token = readFileSync(join(folder.path, "operator-token"), "utf8").trim();
    expect(postgresPid()).not.toBeNull();
    expect(await octavo.stop("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(postgresPid()).toBeNull();
    expect(octavo.output.stdout + octavo.output.stderr).not.toContain(token);
  });

  it("keeps everything over a stop, and over kill -9", async () => {
    const first = await start();
    await first.healthy(HANG_MS);
    expect((await as(first, "POST", "/_/proxy/tenants", '{"id":"before"}')).status).toBe(201);
    await first.stop();

    const second = await start();
    await second.healthy(HANG_MS);
    expect(await tenants(second)).toEqual(["before", "supertenant"]);
    expect((await as(second, "POST", "/_/proxy/tenants", '{"id":"between"}')).status).toBe(201);
    expect(await second.kill9()).toEqual({ code: null, signal: "SIGKILL" });

    const third = await start();
    await third.healthy(HANG_MS);
    expect(await tenants(third)).toEqual(["before", "between", "supertenant"]);
    expect(await third.stop()).toEqual({ code: 0, signal: null });
    expect(postgresPid()).toBeNull();
  });

  it("may be killed at any moment of its first start, and starts again", async () => {
    // Loading, making the database, starting it: whichever it hits on this machine, none may be fatal.
    for (const afterMs of [50, 400, 900]) {
      const octavo = await start();
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await octavo.kill9();
    }
    const octavo = await start();
    await octavo.healthy(HANG_MS);
    expect(await tenants(octavo)).toEqual(["supertenant"]);
  });

  it("stops while it is still starting, and leaves no database behind", async () => {
    const octavo = await start();
    while (!octavo.output.stderr.includes("making a database"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    const { signal } = await octavo.stop("SIGTERM");
    expect(signal).toBeNull();
    expect(postgresPid()).toBeNull();
  });
});

describe("octavo gateway", () => {
  it("tells all mistakes of its configuration together, and does not start", async () => {
    const octavo = await start({ OCTAVO_PORT: "ninety", OCTAVO_LOG_LEVEL: "loud", OCTAVO_KEY: "short" });
    expect(await octavo.exited).toEqual({ code: 2, signal: null });
    for (const name of ["OCTAVO_PORT", "OCTAVO_LOG_LEVEL", "OCTAVO_KEY"])
      expect(octavo.output.stderr).toContain(name);
    expect(octavo.output.stderr).not.toContain("    at ");
    expect(existsSync(join(folder.path, "postgres"))).toBe(false);
  });

  it("refuses to be open to the network", async () => {
    const octavo = await start({ OCTAVO_MANAGEMENT_AUTH: "open", OCTAVO_HOST: "0.0.0.0" });
    expect(await octavo.exited).toEqual({ code: 2, signal: null });
  });

  it("says that its port is taken, and takes its database down again", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const octavo = await start({ OCTAVO_PORT: String(port) });
    expect(await octavo.exited).toEqual({ code: 1, signal: null });
    expect(octavo.output.stderr).toMatch(
      /Cannot listen on 127\.0\.0\.1:\d+: another program does.*OCTAVO_PORT/,
    );
    expect(postgresPid()).toBeNull();
    other.close();
  });

  it("says that its database cannot be reached, once it has waited", async () => {
    const octavo = await start({
      DATABASE_URL: "postgres://octavo:hunter2@127.0.0.1:1/octavo",
      OCTAVO_KEY: Buffer.alloc(32, 1).toString("base64"),
      OCTAVO_DATABASE_WAIT_MS: "400",
    });
    expect(await octavo.exited).toEqual({ code: 1, signal: null });
    expect(octavo.output.stderr).toContain("waiting for the database");
    expect(octavo.output.stderr).not.toContain("hunter2");
  });

  it("shows the first operator's token once, on a database of one's own", async () => {
    const database = await freshDatabase();
    const env = { DATABASE_URL: database.url, OCTAVO_KEY: Buffer.alloc(32, 1).toString("base64") };
    const both = [await start(env), await start(env)];
    for (const octavo of both) await octavo.healthy(HANG_MS);
    const shown = both.flatMap(({ output }) => output.stderr.match(/oct_op_first_[\w-]+/g) ?? []);
    expect(shown).toHaveLength(1);
    for (const octavo of both) {
      const headers = { "X-Okapi-Token": shown.join("") };
      expect((await fetch(`${octavo.url}/_/proxy/tenants`, { headers })).status).toBe(200);
      await octavo.stop();
    }
    const again = await start(env);
    await again.healthy(HANG_MS);
    expect(again.output.stderr).not.toContain("oct_op_");
    await again.stop();
    await database.drop();
  });
});

describe("a gateway that is told to stop", () => {
  it("is not ready, and still answers, until its drain delay is over", async () => {
    const octavo = await start({ OCTAVO_DRAIN_DELAY_MS: "60000" });
    await octavo.healthy(HANG_MS);
    process.kill(octavo.pid, "SIGTERM");
    let ready = await fetch(`${octavo.url}/_/health/ready`);
    while (ready.status === 200) ready = await fetch(`${octavo.url}/_/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ ready: false, because: expect.stringContaining("draining") });
    const live = await fetch(`${octavo.url}/_/health/live`);
    expect(live.status).toBe(200);
    expect(live.headers.get("connection")).toBe("close");
    // A further wish ends the waiting, once it is too late to be a launcher's copy of the first. None is sent after it was
    // heard: at its very end Node takes its handlers off, and a signal of that moment kills.
    const insisting = setInterval(() => {
      if (!octavo.output.stderr.includes("stopping without waiting")) process.kill(octavo.pid, "SIGTERM");
    }, 50);
    await octavo.exited.finally(() => clearInterval(insisting));
    expect(await octavo.exited).toEqual({ code: 0, signal: null });
    expect(postgresPid()).toBeNull();
  });

  it("ends what somebody follows when it is told to stop, and cuts nothing", async () => {
    const octavo = await start({ OCTAVO_DRAIN_GRACE_MS: "60000" });
    await octavo.healthy();
    const followed = await as(octavo, "GET", "/_/octavo/events");
    expect(followed.status).toBe(200);
    const text = followed.text();
    const exit = octavo.stop("SIGTERM"); // within 30 s, or it is killed
    await text;
    expect(await exit).toEqual({ code: 0, signal: null });
  });
});
