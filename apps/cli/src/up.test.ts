import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { folioData, readInstallList } from "@octavo/testing/folio-data";
import { spawnOctavo, temporaryFolder, type SpawnedOctavo } from "@octavo/testing/spawn-octavo";
import { afterAll, describe, expect, it, vi } from "vitest";
import { capturedRun } from "./captured-run.ts";

// Against hanging: a first start enables all of our modules.
vi.setConfig({ testTimeout: 150_000 });

const main = join(dirname(fileURLToPath(import.meta.url)), "main.ts");
const noFolioData = "/does/not/exist";

/** Calls the API of a started platform. */
function api(octavo: SpawnedOctavo, dataDir: string) {
  const token = readFileSync(join(dataDir, "operator-token"), "utf8").trim();
  const send = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(`${octavo.url}${path}`, {
      method,
      headers: { "x-okapi-tenant": "demo", "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const asOperator = (method: string, path: string) => send(method, path, { "x-okapi-token": token });
  const list = async (path: string): Promise<unknown> => (await asOperator("GET", path)).json();
  return {
    asOperator,
    ids: async (path: string) => ((await list(path)) as readonly { id: string }[]).map(({ id }) => id), // Okapi's lists
    /** `totalRecords` of a FOLIO list. */
    total: async (path: string) => ((await list(path)) as { totalRecords: number }).totalRecords,
    signIn: (password: string) =>
      send("POST", "/authn/login-with-expiry", {}, { username: "admin", password }),
    send,
  };
}

/** Waits for the page that `octavo up` ends with. */
async function page(octavo: SpawnedOctavo): Promise<string> {
  let hasEnded = false;
  void octavo.exited.then(() => (hasEnded = true));
  while (!octavo.output.stdout.includes("Ctrl-C stops everything")) {
    if (hasEnded) throw new Error(`octavo up ended:\n${octavo.output.stderr}`);
    await delay(20);
  }
  return octavo.output.stdout;
}

async function revisionOf(octavo: SpawnedOctavo): Promise<unknown> {
  const response = await fetch(`${octavo.url}/_/health/ready`);
  // As the API promises.
  return ((await response.json()) as { revision: number }).revision;
}

async function idOf(octavo: SpawnedOctavo, dataDir: string, username: string): Promise<string> {
  const found = await api(octavo, dataDir).asOperator("GET", `/users?query=username==${username}`);
  const { users } = (await found.json()) as { users: readonly { id: string }[] }; // a list of users
  return users[0]?.id ?? "";
}

describe("octavo up", () => {
  const folder = temporaryFolder();
  const dataDir = join(folder.path, "data");
  const env = { OCTAVO_DATA_DIR: dataDir, OCTAVO_FOLIO_DATA: noFolioData };
  afterAll(() => folder.remove());
  let firstRevision: unknown;
  let password = "";

  it("ends on a fresh data folder with a platform, a release of our own and a tenant, and stops cleanly", async () => {
    const octavo = await spawnOctavo(["up"], env);
    const stdout = await page(octavo);
    expect(stdout).toContain(`  Gateway   ${octavo.url}\n`);
    const { ids } = api(octavo, dataDir);
    const known = await ids("/_/proxy/modules");
    expect(stdout).toContain(`${known.length} known, Octavo's own sample release`);
    expect(stdout).toContain("The embedded database is for trial.");
    expect(octavo.output.stderr).toContain("4 modules ...");
    expect(statSync(join(dataDir, "operator-token")).mode & 0o777).toBe(0o600);
    firstRevision = await revisionOf(octavo);

    // The example module answers through the gateway, as the page says.
    const curl = /^ {2}(curl .*)$/mu.exec(stdout)?.[1] ?? "";
    const lists = await promisify(execFile)("bash", ["-c", curl]);
    expect(JSON.parse(lists.stdout)).toEqual({ readingLists: [], totalRecords: 0 });

    // So does one of ours, with the tags that it ships.
    const tags = await promisify(execFile)("bash", ["-c", curl.replace("/reading-lists", "/tags")]);
    expect(JSON.parse(tags.stdout)).toMatchObject({ totalRecords: 2 });

    // Somebody can sign in, with the password of the page, and finds people.
    password = /Sign in +as admin, password (\S+) /u.exec(stdout)?.[1] ?? "";
    const { signIn, send } = api(octavo, dataDir);
    const signedIn = await signIn(password);
    expect(signedIn.status).toBe(201);
    const cookie = signedIn.headers.getSetCookie().map((each) => each.split(";")[0]);
    const search = "/users?query=personal.lastName==Okafor";
    const found = await send("GET", search, { cookie: cookie.join("; ") });
    expect(await found.json()).toMatchObject({ users: [{ username: "aokafor" }], totalRecords: 1 });
    expect(octavo.output.stderr).toMatch(/loaded 20 users, 5 notes in/u);

    // The token is found by itself, as the page says.
    const listed = await capturedRun("tenant list", { OCTAVO_DATA_DIR: dataDir, OCTAVO_URL: octavo.url });
    expect(listed.stdout).toContain("\ndemo ");
    expect(await octavo.stop("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  it("finds all of it again, and changes nothing", async () => {
    const octavo = await spawnOctavo(["up"], env);
    const stdout = await page(octavo);
    const { ids, total, signIn, asOperator } = api(octavo, dataDir);
    expect(stdout).toContain(`${(await ids("/_/proxy/modules")).length} known`);
    expect(stdout).toContain("as admin, with the password of before\n");
    expect(octavo.output.stderr).not.toMatch(/importing|creating the tenant|loading/u);
    expect(await revisionOf(octavo)).toBe(firstRevision);
    expect(await total("/users")).toBe(21);
    expect((await signIn(password)).status).toBe(201);

    // As where the first start was cut off: he comes last.
    for (const name of ["admin", "aokafor"])
      expect((await asOperator("DELETE", `/users/${await idOf(octavo, dataDir, name)}`)).status).toBe(204);
    expect(await octavo.kill9()).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("starts again after kill -9, and loads of the people who is missing", async () => {
    const octavo = await spawnOctavo(["up"], { ...env, OCTAVO_ADMIN_PASSWORD: "Quite-a-long-1" });
    const stdout = await page(octavo);
    const { total, signIn } = api(octavo, dataDir);
    expect(stdout).toContain("as admin, with the password of OCTAVO_ADMIN_PASSWORD\n");
    expect(octavo.output.stderr).toMatch(/loaded 1 users in/u);
    expect(await total("/users")).toBe(21);
    expect(await total("/notes")).toBe(5);
    expect((await signIn("Quite-a-long-1")).status).toBe(201);
    expect(await octavo.stop("SIGINT")).toEqual({ code: 0, signal: null });
  });

  it("gives another tenant the same where that is asked for", async () => {
    const octavo = await spawnOctavo(["up", "--json"], { ...env, OCTAVO_DEMO_TENANT: "south" });
    await octavo.healthy();
    while (!octavo.output.stdout.endsWith("}\n")) await delay(20);
    expect(JSON.parse(octavo.output.stdout)).toMatchObject({
      tenantId: "south",
      knownModules: (await api(octavo, dataDir).ids("/_/proxy/modules")).length,
      url: octavo.url,
    });
    expect(await octavo.stop("SIGINT")).toEqual({ code: 0, signal: null });
  });

  it("stops when the command that launched it is gone", async () => {
    const child = fork(main, ["up"], {
      env: { PATH: process.env["PATH"], ...env, OCTAVO_PORT: "0", OCTAVO_LAUNCHED: "1" },
      silent: true,
      execArgv: [],
    });
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.resume();
    while (!stdout.includes("Ctrl-C stops everything")) await delay(20);
    child.disconnect(); // what a killed launcher leaves behind
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("says all that is wrong with the environment and ends with 2", async () => {
    const octavo = await spawnOctavo(["up"], {
      ...env,
      OCTAVO_LOG_LEVEL: "loud",
      OCTAVO_DRAIN_GRACE_MS: "soon",
    });
    expect(await octavo.exited).toEqual({ code: 2, signal: null });
    expect(octavo.output.stderr).toContain("OCTAVO_LOG_LEVEL");
    expect(octavo.output.stderr).toContain("OCTAVO_DRAIN_GRACE_MS");
    expect(octavo.output.stdout).toBe("");
  });

  it("closes everything and ends with 1 where the tenant cannot be created", async () => {
    const octavo = await spawnOctavo(["up"], { ...env, OCTAVO_DEMO_TENANT: "Not_A_Tenant" });
    expect(await octavo.exited).toEqual({ code: 1, signal: null });
    expect(octavo.output.stderr).toContain("octavo: ");
    expect(octavo.output.stdout).toBe("");
    const cluster = join(dataDir, "postgres", "cluster", "data");
    expect(existsSync(join(cluster, "PG_VERSION"))).toBe(true);
    expect(existsSync(join(cluster, "postmaster.pid"))).toBe(false);
  });
});

describeWithFolio("octavo up beside a FOLIO release", () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it("knows all of it, and plans all of it with the command of its page", async () => {
    const octavo = await spawnOctavo(["up"], { OCTAVO_DATA_DIR: folder.path, OCTAVO_FOLIO_DATA: folioData });
    const stdout = await page(octavo);
    const wanted = readInstallList("release-a");
    const { ids, total } = api(octavo, folder.path);
    expect(stdout).toContain(`${(await ids("/_/proxy/modules")).length} known, FOLIO release A among them`);
    const enabled = await ids("/_/proxy/tenants/demo/modules");
    expect(await total("/users")).toBe(203); // FOLIO's 202 and the administrator
    const line = /^ {2}octavo (plan install .*)$/mu.exec(stdout)?.[1] ?? "";
    const planned = await capturedRun(`${line} --json`);
    // As the API promises.
    const { steps } = JSON.parse(planned.stdout) as {
      steps: { id: string; action: string; explanation: string }[];
    };
    const idsOf = (action: string) => steps.filter((step) => step.action === action).map(({ id }) => id);
    expect(idsOf("enable").sort()).toEqual(wanted.map(({ id }) => id).sort());
    // FOLIO's own are asked for by name, and ours provide the same interfaces.
    expect(idsOf("disable").sort()).toEqual(enabled.filter((id) => id.startsWith("octavo-")).sort());
    expect(steps.every(({ explanation }) => explanation !== "")).toBe(true);
    expect(await octavo.stop()).toEqual({ code: 0, signal: null });
  });
});

describe("octavo as a process", () => {
  it("prints results on stdout and nothing else, without colour into a pipe", async () => {
    const octavo = await spawnOctavo(["--version", "--json"], {});
    expect(await octavo.exited).toEqual({ code: 0, signal: null });
    expect(octavo.output).toEqual({
      stdout: `{"version":"${packageVersion()}"}\n`,
      stderr: "",
    });
  });

  it("ends with the documented code, its complaint on stderr", async () => {
    const octavo = await spawnOctavo(["modul", "list"], {});
    expect(await octavo.exited).toEqual({ code: 2, signal: null });
    expect(octavo.output).toEqual({
      stdout: "",
      stderr: "octavo: unknown command: octavo modul\n        did you mean: octavo module?\n",
    });
  });
});

function packageVersion(): string {
  // The package's own manifest, whose shape npm has checked.
  return (JSON.parse(readFileSync(join(dirname(main), "..", "package.json"), "utf8")) as { version: string })
    .version;
}
