import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { spawnOctavo, temporaryFolder, type SpawnedOctavo } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";

const token = "a-token-of-the-environment-long-enough";
const folder = temporaryFolder();
let database: FreshDatabase;
let gateway: SpawnedOctavo;

const run = (line: string) => capturedRun(line, { OCTAVO_URL: gateway.url, OCTAVO_OPERATOR_TOKEN: token });

async function manage(method: string, path: string, body: unknown): Promise<void> {
  const answered = await fetch(gateway.url + path, {
    method,
    headers: { "X-Okapi-Token": token },
    body: JSON.stringify(body),
  });
  if (!answered.ok) throw new Error(await answered.text());
}

beforeAll(async () => {
  database = await freshDatabase();
  gateway = await spawnOctavo(["gateway"], {
    DATABASE_URL: database.url,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_DATA_DIR: join(folder.path, "data"),
    OCTAVO_KEY: randomBytes(32).toString("hex"),
    OCTAVO_OPERATOR_TOKEN: token,
    OCTAVO_DRAIN_DELAY_MS: "0",
  });
  await gateway.healthy();
  const handlers = [
    { methods: ["POST"], pathPattern: "/expire", unit: "minute", delay: "5" },
    { methods: ["POST"], pathPattern: "/notify", schedule: { cron: "0 2 * * *", zone: "Europe/Berlin" } },
  ];
  const provides = [{ id: "_timer", version: "1.0", interfaceType: "system", handlers }];
  await manage("POST", "/_/proxy/modules", { id: "mod-loans-1.0.0", provides });
  await manage("POST", "/_/proxy/tenants", { id: "demo" });
  const install = [{ id: "mod-loans-1.0.0", action: "enable" }];
  await manage("POST", "/_/proxy/tenants/demo/install?invoke=false", install);
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
  folder.remove();
});

/** Waits for what nobody announces here. */
async function until(what: string, line: string, holds: (stdout: string) => boolean): Promise<string> {
  const givesUpAt = performance.now() + 20_000;
  for (;;) {
    const { stdout } = await run(line);
    if (holds(stdout)) return stdout;
    if (performance.now() > givesUpAt) throw new Error(`still not: ${what}\n${stdout}`);
  }
}

describe("octavo timer", () => {
  it("lists when each timer fires", async () => {
    const stdout = await until(
      "both are armed",
      "timer list demo",
      (text) => text.match(/20\d\d-/g)?.length === 2,
    );
    expect(stdout).toMatch(/^ID +STATE +FIRES +NEXT +LAST +ENDED\n/);
    expect(stdout).toMatch(/mod-loans_0 +waiting +every 5 minutes +20\S+Z +- +-\n/);
    expect(stdout).toMatch(/mod-loans_1 +waiting +cron 0 2 \* \* \* Europe\/Berlin +20\S+Z +- +-\n/);
  });

  it("pauses and resumes one, and changes nothing in a dry run", async () => {
    expect((await run("timer pause demo mod-loans_0 --dry-run")).stdout).toContain("Nothing was changed.\n");
    expect((await run("timer pause demo mod-loans_0")).stdout).toBe("mod-loans_0 rests.\n");
    expect((await run("timer list demo")).stdout).toMatch(/mod-loans_0 +paused/);
    expect((await run("timer resume demo mod-loans_0 --json")).stdout).toBe(
      '{"tenant":"demo","timer":"mod-loans_0","done":"resume"}\n',
    );
    expect((await run("timer list demo")).stdout).toMatch(/mod-loans_0 +waiting/);
  });

  it("runs one and shows what came of it", async () => {
    expect((await run("timer run demo mod-loans_1")).stdout).toBe("mod-loans_1 will run within a second.\n");
    const stdout = await until("it has failed", "timer show demo mod-loans_1", (text) =>
      text.includes("failed"),
    );
    expect(stdout).toContain("  calls   POST /notify of mod-loans-1.0.0\n");
    expect(stdout).toContain("No running instances for module mod-loans-1.0.0. Can not invoke /notify");
  });

  it("says what is not there, and where to look", async () => {
    expect(await run("timer show demo mod-loans_7")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("there is no timer mod-loans_7 of tenant demo"),
    });
    expect(await run("timer list nobody")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("there is no tenant nobody"),
    });
  });
});
