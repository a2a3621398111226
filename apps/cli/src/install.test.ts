import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { spawnOctavo, type SpawnedOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { capturedRun, type CapturedRun } from "./captured-run.ts";

/** A module whose `_tenant` does what `behaves` says. */
let server: Server;
let behaves: "well" | "refuses" | "hangs up" = "well";
let calls: string[] = [];
let octavo: SpawnedOctavo;
const folder = temporaryFolder();

const octavoRun = (words: string, confirm?: () => Promise<boolean | null>): Promise<CapturedRun> =>
  capturedRun(words, { OCTAVO_URL: octavo.url, OCTAVO_DATA_DIR: folder.path }, confirm);
const enabled = async (): Promise<unknown> =>
  (await fetch(`${octavo.url}/_/proxy/tenants/north/modules`)).json();

function descriptor(id: string, requires: readonly string[] = []) {
  const product = id.replace(/-\d.*$/u, "");
  const post = { methods: ["POST"], pathPattern: "/_/tenant" };
  return {
    id,
    provides: [
      { id: product, version: "1.0", handlers: [] },
      { id: "_tenant", version: "2.0", interfaceType: "system", handlers: [post] },
    ],
    requires: requires.map((name) => ({ id: name, version: "1.0" })),
  };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += String(piece)));
    request.on("end", () => {
      calls.push(body);
      const isMend = body.includes("mend");
      if (isMend && behaves === "hangs up") request.socket.destroy();
      else if (isMend && behaves === "refuses") response.writeHead(400).end("no such library");
      else response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  octavo = await spawnOctavo(["gateway"], {
    OCTAVO_DATA_DIR: join(folder.path, "data"),
    OCTAVO_MANAGEMENT_AUTH: "open",
  });
  await octavo.healthy();
  const modules = [
    descriptor("base-1.0.0"),
    descriptor("mend-1.0.0", ["base"]),
    descriptor("mend-1.1.0", ["base"]),
  ];
  const file = join(folder.path, "modules.json");
  writeFileSync(file, JSON.stringify(modules));
  await octavoRun(`module import ${file}`);
  for (const { id } of modules) await octavoRun(`discovery register ${id} ${url}`);
}, 60_000);
afterAll(async () => {
  await octavo.stop();
  server.closeAllConnections();
  server.close();
  folder.remove();
});

beforeEach(async () => {
  behaves = "well";
  await fetch(`${octavo.url}/_/proxy/tenants/north`, { method: "DELETE" });
  await octavoRun("tenant create north");
  calls = [];
});

describe("octavo install", () => {
  it("shows the plan, asks, does it and tells what happened", async () => {
    const questions: string[] = [];
    const ran = await capturedRun(
      "install north mend-1.0.0",
      { OCTAVO_URL: octavo.url },
      async (question) => {
        questions.push(question);
        return true;
      },
    );
    expect(questions).toEqual(["Do these 2 steps for tenant north?"]);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain("1  base-1.0.0  required by mend-1.0.0 for interface base 1.0");
    expect(ran.stderr).toContain("  2/2  mend-1.0.0 done");
    expect(ran.stdout).toMatch(/^done: 2 of 2 steps for tenant north, job \S+\.\n$/u);
    expect(await enabled()).toEqual([{ id: "base-1.0.0" }, { id: "mend-1.0.0" }]);
    const again = await octavoRun("install north mend-1.0.0");
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("unchanged") });
  });

  it.each([
    ["somebody says no", "", () => Promise.resolve(false), 1],
    ["there is nobody to ask", "", () => Promise.resolve(null), 2],
    ["only the plan is wanted", " --dry-run", () => Promise.resolve(null), 0],
    ["the number is none", " --yes --parallel many", () => Promise.resolve(null), 2],
    ["the module is not known", " nothing --yes", () => Promise.resolve(null), 1],
  ])("does nothing where %s", async (_what, more, confirm, exitCode) => {
    const ran = await octavoRun(`install north mend-1.0.0${more}`, confirm);
    expect(ran.exitCode).toBe(exitCode);
    expect(calls).toEqual([]);
    expect(await enabled()).toEqual([]);
  });

  it("says which step failed and why, and what stays", async () => {
    behaves = "refuses";
    const ran = await octavoRun("install north mend-1.0.0 --yes");
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("no such library");
    expect(await enabled()).toEqual([{ id: "base-1.0.0" }]);
  });

  it("goes back to the modules of before with --on-failure undo", async () => {
    behaves = "refuses";
    const ran = await octavoRun("install north mend-1.0.0 --yes --on-failure undo");
    expect(ran.exitCode).toBe(5);
    expect(await enabled()).toEqual([]);
  });

  it("says whom it waits for where nobody knows what came of a call, and goes on when told", async () => {
    behaves = "hangs up";
    const ran = await octavoRun("install north mend-1.0.0 --yes --json");
    expect(ran.exitCode).toBe(6);
    const { id } = JSON.parse(ran.stdout) as { id: string }; // as: the API's job
    expect(ran.stderr).toContain(`octavo job resume ${id}`);
    expect(await octavoRun("job list --state waiting-for-human")).toMatchObject({
      stdout: expect.stringContaining(id),
    });
    expect((await octavoRun(`job show ${id}`)).stdout).toContain("POST /_/tenant of mend-1.0.0");
    const second = await octavoRun("install north base --disable mend-1.0.0 --yes");
    expect(second.exitCode).not.toBe(0);

    const seen = calls.length;
    expect(await octavoRun(`job resume ${id} --dry-run`)).toMatchObject({ exitCode: 0 });
    expect(await octavoRun(`job resume ${id}`)).toMatchObject({ exitCode: 0 });
    const watched = await octavoRun(`job watch ${id}`);
    expect(watched).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("done since") });
    expect(calls).toHaveLength(seen);
    expect(await enabled()).toEqual([{ id: "base-1.0.0" }, { id: "mend-1.0.0" }]);
    expect(await octavoRun(`job cancel ${id}`)).toMatchObject({ exitCode: 1 });
  });

  it("writes the calls as a script that does the same", async () => {
    const script = join(folder.path, "calls.sh");
    const ran = await octavoRun(
      `install north mend-1.0.0 --parameters loadReference=true --export ${script}`,
    );
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("2 steps") });
    expect(calls).toEqual([]);
    await promisify(execFile)(script, [], { env: { PATH: process.env["PATH"] } });
    expect(await enabled()).toEqual([{ id: "base-1.0.0" }, { id: "mend-1.0.0" }]);
    expect(calls.map((body) => JSON.parse(body) as unknown)).toMatchObject([
      { module_to: "base-1.0.0", parameters: [{ key: "loadReference", value: "true" }] },
      { module_to: "mend-1.0.0" },
    ]);
  });

  it("leaves the job to itself with --no-wait", async () => {
    const ran = await octavoRun("install north base --yes --no-wait");
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36}\n$/u) });
    expect(await octavoRun(`job watch ${ran.stdout.trim()}`)).toMatchObject({ exitCode: 0 });
  });
});

describe("octavo upgrade", () => {
  it("moves to the newest versions", async () => {
    await octavoRun("install north mend-1.0.0 --yes");
    const ran = await octavoRun("upgrade north --yes");
    expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("mend-1.0.0 -> mend-1.1.0") });
    expect(await enabled()).toEqual([{ id: "base-1.0.0" }, { id: "mend-1.1.0" }]);
    expect(await octavoRun("upgrade north")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("Nothing to do"),
    });
  });
});

describe("octavo job", () => {
  it.each(["show", "watch", "resume", "cancel"])("%s says where there is no such job", async (verb) => {
    expect(await octavoRun(`job ${verb} nothing`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("there is no job nothing"),
    });
  });
});
