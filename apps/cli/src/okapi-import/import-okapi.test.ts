import { spawnOctavo, type SpawnedOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturedRun } from "../captured-run.ts";

/** A gateway in open mode, which scripts for an unsecured Okapi cannot tell from one. */
let okapi: SpawnedOctavo;
let octavo: SpawnedOctavo;
const folder = temporaryFolder();
const target = (): Record<string, string> => ({
  OCTAVO_DATA_DIR: `${folder.path}/target`,
  OCTAVO_URL: octavo.url,
});

async function post(path: string, body: unknown): Promise<void> {
  const answered = await fetch(okapi.url + path, { method: "POST", body: JSON.stringify(body) });
  if (!answered.ok) throw new Error(`POST ${path}: ${answered.status} ${await answered.text()}`);
}

async function told(at: SpawnedOctavo, path: string): Promise<unknown> {
  const token = await capturedToken();
  const answered = await fetch(at.url + path, { headers: at === octavo ? { "X-Okapi-Token": token } : {} });
  return answered.json();
}

async function capturedToken(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return (await readFile(`${folder.path}/target/operator-token`, "utf8")).trim();
}

const moduleA = {
  id: "mod-a-1.0.0",
  // Needs what the source does not know: an Okapi may hold such a set.
  requires: [{ id: "absent", version: "1.0" }],
  provides: [
    { id: "a", version: "1.0", handlers: [{ methods: ["GET"], pathPattern: "/a", permissionsRequired: [] }] },
    {
      id: "_timer",
      version: "1.0",
      interfaceType: "system",
      handlers: [{ methods: ["POST"], pathPattern: "/a/often", unit: "minute", delay: "10" }],
    },
    {
      id: "_tenant",
      version: "2.0",
      interfaceType: "system",
      handlers: [{ methods: ["POST"], pathPattern: "/_/tenant" }],
    },
  ],
  metadata: { order: { z: 1.0, a: "2" } },
};

beforeAll(async () => {
  const env = { OCTAVO_DRAIN_DELAY_MS: "0" };
  [okapi, octavo] = await Promise.all([
    spawnOctavo(["gateway"], {
      ...env,
      OCTAVO_DATA_DIR: `${folder.path}/source`,
      OCTAVO_MANAGEMENT_AUTH: "open",
    }),
    spawnOctavo(["gateway"], { ...env, OCTAVO_DATA_DIR: `${folder.path}/target` }),
  ]);
  await Promise.all([okapi.healthy(), octavo.healthy()]);
  await post("/_/proxy/import/modules?check=false", [moduleA, { id: "mod-b-1.0.0" }, { id: "mod-b-1.1.0" }]);
  await post("/_/proxy/tenants", { id: "north", name: "North", description: "A library" });
  await post("/_/proxy/tenants/north/install?invoke=false&depCheck=false", [
    { id: "mod-a-1.0.0", action: "enable" },
    { id: "mod-b-1.0.0", action: "enable" },
  ]);
  await post("/_/discovery/modules", { srvcId: "mod-a-1.0.0", instId: "a-1", url: "http://127.0.0.1:1" });
  await post("/_/env", { name: "DB_HOST", value: "db" });
  await fetch(`${okapi.url}/_/proxy/tenants/north/timers/mod-a_0`, {
    method: "PATCH",
    body: '{"unit":"hour","delay":"3"}',
  });
}, 120_000);
afterAll(async () => {
  await Promise.all([okapi.stop(), octavo.stop()]);
  folder.remove();
});

describe("octavo import-okapi", () => {
  it("tells what would be carried over, and changes nothing", async () => {
    const ran = await capturedRun(["import-okapi", okapi.url, "--dry-run"], target());
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toBe(`Would be carried over:
  modules   3 become known
  variable  DB_HOST
  instance  a-1 of mod-a-1.0.0 at http://127.0.0.1:1
  tenant    north
  enable    2 for tenant north, without calling them
  timer     mod-a_0 of tenant north, as it was changed

Nothing was changed.
`);
    expect(await told(octavo, "/_/proxy/tenants")).toHaveLength(1);
  });

  it("makes the gateway know all of it, without calling a module", async () => {
    const ran = await capturedRun(["import-okapi", okapi.url], target());
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Carried over:/u) });
    for (const path of [
      "/_/proxy/tenants",
      "/_/proxy/tenants/north/modules",
      "/_/proxy/modules?full=true",
      "/_/discovery/modules",
      "/_/env",
      "/_/proxy/tenants/north/timers",
    ]) {
      expect([path, await told(octavo, path)]).toEqual([path, await told(okapi, path)]);
    }
  });

  it("finds nothing to do the second time", async () => {
    const before = await told(octavo, "/_/health/ready");
    const ran = await capturedRun(["import-okapi", okapi.url], target());
    expect(ran).toMatchObject({ exitCode: 0, stdout: "Nothing is missing.\n" });
    expect(await told(octavo, "/_/health/ready")).toMatchObject({
      revision: (before as { revision: number }).revision, // as: the API's shape
    });
  });

  it("follows what has changed since, and leaves alone what only the gateway has", async () => {
    await post("/_/proxy/tenants/north/install?invoke=false&depCheck=false", [
      { id: "mod-b-1.1.0", action: "enable" },
    ]);
    await fetch(`${okapi.url}/_/discovery/modules/mod-a-1.0.0/a-1`, { method: "DELETE" });
    await post("/_/discovery/modules", { srvcId: "mod-a-1.0.0", instId: "a-1", url: "http://127.0.0.1:2" });
    const mine = await capturedRun(["tenant", "create", "south"], target());
    expect(mine.exitCode).toBe(0);
    const ran = await capturedRun(["import-okapi", okapi.url], target());
    expect(ran.stdout).toBe(`Carried over:
  instance  a-1 of mod-a-1.0.0 at http://127.0.0.1:2, before at http://127.0.0.1:1
  enable    1 for tenant north, without calling them

Differs, and stays as it is:
  tenant south is known there alone
`);
    expect(await told(octavo, "/_/proxy/tenants/north/modules")).toEqual([
      { id: "mod-a-1.0.0" },
      { id: "mod-b-1.1.0" },
    ]);
  });

  it("tells a module that the gateway knows with another content", async () => {
    await post("/_/proxy/modules", { id: "mod-c-1.0.0", name: "there" });
    await fetch(`${octavo.url}/_/proxy/modules`, {
      method: "POST",
      headers: { "X-Okapi-Token": await capturedToken() },
      body: '{"id":"mod-c-1.0.0","name":"here"}',
    });
    const ran = await capturedRun(["import-okapi", okapi.url, "--json"], target());
    expect(JSON.parse(ran.stdout)).toMatchObject({
      carryOver: [],
      stays: [expect.stringContaining("mod-c-1.0.0"), "tenant south is known there alone"],
    });
  });

  it.each([
    ["nothing answers", "http://127.0.0.1:1", 3],
    ["it is no address", "okapi", 2],
  ])("says where %s", async (_what, url, exitCode) => {
    const ran = await capturedRun(["import-okapi", url], target());
    expect([ran.exitCode, ran.stdout]).toEqual([exitCode, ""]);
  });

  it("does not take a gateway for its own Okapi", async () => {
    expect((await capturedRun(["import-okapi", octavo.url], target())).exitCode).toBe(2);
  });
});
