import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";
import { greetings as greetingsModule } from "./testing/greetings.ts";

const greetings = join(dirname(fileURLToPath(import.meta.url)), "testing", "greetings.ts");
const { id } = greetingsModule;
const admin = "a-token-of-the-environment-long-enough";
const folder = temporaryFolder();
let database: FreshDatabase;
let gateway: SpawnedOctavo;
let deployer = "";

const as = (token: string) => ({ OCTAVO_URL: gateway.url, OCTAVO_OPERATOR_TOKEN: token });
const run = (line: string) => capturedRun(line, as(admin));

/** Waits for a text on stdout, or for the end. */
async function says(octavo: SpawnedOctavo, text: string): Promise<void> {
  while (!octavo.output.stdout.includes(text)) {
    const ended = await Promise.race([
      octavo.exited,
      new Promise((resolve) => setTimeout(resolve, 20, null)),
    ]);
    if (ended !== null) throw new Error(`it ended: ${octavo.output.stderr}`);
  }
}

async function instances(): Promise<readonly unknown[]> {
  const { stdout } = await run("discovery list --json");
  return JSON.parse(stdout) as unknown[];
}

const greet = (headers: Record<string, string>) => fetch(`${gateway.url}/greetings/Ada`, { headers });

beforeAll(async () => {
  database = await freshDatabase();
  gateway = await spawnOctavo(["gateway"], {
    DATABASE_URL: database.url,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_DATA_DIR: join(folder.path, "data"),
    OCTAVO_KEY: randomBytes(32).toString("hex"),
    OCTAVO_OPERATOR_TOKEN: admin,
    OCTAVO_DRAIN_DELAY_MS: "0",
  });
  await gateway.healthy();
  const created = await run("operator create ci --role deployer --json");
  deployer = (JSON.parse(created.stdout) as { token: string }).token;
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
  folder.remove();
});

describe("octavo module run --register", () => {
  it("makes a module answer behind the gateway, as whom its token says, and takes it back at the end", async () => {
    const module = await spawnOctavo(["module", "run", greetings, "--register"], as(deployer));
    await says(module, `${id} listens on`);
    expect(await instances()).toMatchObject([
      { srvcId: id, url: expect.stringContaining("http://127.0.0.1:") as unknown },
    ]);

    await run("tenant create north");
    expect(await run(`install north ${id} --yes`)).toMatchObject({ exitCode: 0 });
    const asOperator = { "x-okapi-tenant": "north", "x-okapi-token": admin };
    const answer = await greet(asOperator);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { text: "Good morning, Ada", tenant: "north" },
    ]);

    // Past the gateway: no token, no answer.
    const [, url = ""] = /listens on (\S+)/u.exec(module.output.stdout) ?? [];
    expect((await fetch(`${url}/greetings/Ada`, { headers: { "x-okapi-tenant": "north" } })).status).toBe(
      401,
    );

    expect(await module.stop()).toEqual({ code: 0, signal: null });
    expect(await instances()).toEqual([]);
    expect(module.output.stderr).not.toContain("eyJ");
  });

  it("replaces what a killed process has left at the same address", async () => {
    const port = ["--port", "0"];
    const killed = await spawnOctavo(["module", "run", greetings, "--register", ...port], as(deployer));
    await says(killed, "listens on");
    const [, at = ""] = /:(\d+)$/mu.exec(killed.output.stdout) ?? [];
    await killed.kill9();
    const next = await spawnOctavo(["module", "run", greetings, "--register", "--port", at], as(deployer));
    await says(next, "listens on");
    expect(await instances()).toHaveLength(1);
    await next.stop();
    expect(await instances()).toEqual([]);
  });

  it("that the gateway does not allow ends with what it lacks", async () => {
    const viewer = JSON.parse((await run("operator create eye --role viewer --json")).stdout) as {
      token: string;
    };
    const module = await spawnOctavo(["module", "run", greetings, "--register"], as(viewer.token));
    expect(await module.exited).toMatchObject({ code: 4 });
    expect(module.output.stderr).toContain("not allowed");
  });
});

describe("octavo module run", () => {
  it.each<[string, string, string, number, string]>([
    ["a file that is not there", "nowhere.ts", "", 1, "cannot find the module nowhere.ts"],
    ["a file without a module", "empty.mjs", "export const x = 1;", 1, "exports no module"],
    ["a file that throws", "broken.mjs", "throw new Error('oh');", 1, "cannot be loaded: oh"],
  ])("says of %s what is wrong", async (_of, name, text, exitCode, sentence) => {
    // Within the repository, where the kit can be found.
    const path =
      name === "nowhere.ts" ? name : join(dirname(greetings), `.${randomBytes(6).toString("hex")}-${name}`);
    if (path !== name) writeFileSync(path, text);
    try {
      const outcome = await capturedRun(`module run ${path}`, {});
      expect(outcome).toMatchObject({ exitCode, stderr: expect.stringContaining(sentence) as unknown });
    } finally {
      if (path !== name) rmSync(path);
    }
  });

  it("says every mistake of the environment at once", async () => {
    const outcome = await capturedRun(`module run ${greetings}`, {
      OCTAVO_DB_URL: "mysql://x",
      OCTAVO_LOG_LEVEL: "loud",
    });
    expect(outcome.exitCode).toBe(2);
    for (const name of ["OCTAVO_GATEWAY_JWKS", "OCTAVO_DB_URL", "OCTAVO_LOG_LEVEL"])
      expect(outcome.stderr).toContain(name);
  });
});
