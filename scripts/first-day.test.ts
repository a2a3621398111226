import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = temporaryFolder();
const project = join(folder.path, "mod-loan-desk");
const token = "a-token-of-the-environment-long-enough";
const login = `octavo_first_day_${randomBytes(6).toString("hex")}`;
let databases: readonly [FreshDatabase, FreshDatabase];
let gateway: SpawnedOctavo;

/** A fresh terminal's: nothing of ours, nothing of the npm that runs the tests, the Node that runs them first. */
function env(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const theirs = Object.entries(process.env).filter(
    ([name]) => !/^(?:OCTAVO_|VITEST|NODE_|npm_(?!config))/u.test(name),
  );
  return {
    ...Object.fromEntries(theirs),
    PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
    ...more,
  };
}

const execute = promisify(execFile);

/** @throws Error with what it printed, where it fails */
async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  more = {},
): Promise<{ stdout: string }> {
  try {
    return await execute(program, args, { cwd, env: env(more), maxBuffer: 16 * 1024 ** 2 });
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string }; // as: execFile adds them
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}\n${stderr}`, { cause });
  }
}

beforeAll(async () => {
  databases = await Promise.all([freshDatabase(), freshDatabase()]);
  gateway = await spawnOctavo(["gateway"], {
    DATABASE_URL: databases[0].url,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_DATA_DIR: join(folder.path, "data"),
    OCTAVO_KEY: randomBytes(32).toString("hex"),
    OCTAVO_OPERATOR_TOKEN: token,
    OCTAVO_DRAIN_DELAY_MS: "0",
  });
  await gateway.healthy();
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await Promise.all(databases.map((database) => database.drop()));
  await query(databases[1].url.replace(/\/[^/]*$/u, "/postgres"), `DROP ROLE IF EXISTS ${login}`);
  folder.remove();
});

describe("the first day of a module's author, outside of the repository", () => {
  it("is npm run pack, module new, npm install, npm test", { timeout: 600_000 }, async () => {
    const packages = join(folder.path, "pack");
    await run(process.execPath, [join(root, "scripts", "pack.ts"), packages], root);
    const main = join(root, "apps", "cli", "src", "main.ts");
    const named = ["module", "new", "mod-loan-desk", "--packages", packages];
    const { stdout } = await run(process.execPath, [main, ...named], folder.path);
    expect(stdout).toContain("Written to mod-loan-desk.");
    await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"], project);
    expect((await run("npm", ["test"], project)).stdout).toContain("fail 0");
  });

  it("and a module that answers behind the gateway", { timeout: 120_000 }, async () => {
    const octavo = join(project, "node_modules", ".bin", "octavo");
    const url = new URL(databases[1].url);
    url.username = login;
    url.password = "secret";
    const of = { OCTAVO_URL: gateway.url, OCTAVO_OPERATOR_TOKEN: token };
    const module = spawn(octavo, ["module", "run", "src/module.ts", "--register"], {
      cwd: project,
      env: env({ ...of, OCTAVO_DB_URL: url.href, OCTAVO_DB_ADMIN_URL: databases[1].url }),
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(module, "exit");
    const said = await Promise.race([once(module.stdout, "data"), ended]);
    expect(String(said[0])).toContain("mod-loan-desk-1.0.0 listens on");

    await run(octavo, ["tenant", "create", "north"], project, of);
    await run(octavo, ["install", "north", "mod-loan-desk", "--yes"], project, of);
    const headers = { "x-okapi-tenant": "north", "x-okapi-token": token, "content-type": "application/json" };
    const body = JSON.stringify({ name: "Pencil", left: 1 });
    const created = await fetch(`${gateway.url}/loan-desk`, { method: "POST", headers, body });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const take = async () => {
      const answer = await fetch(`${gateway.url}/loan-desk/${id}/take`, { method: "POST", headers });
      return [answer.status, await answer.json()];
    };
    expect(await take()).toEqual([200, { left: 0 }]);
    expect(await take()).toMatchObject([409, { errors: [{ code: "run-out" }] }]);

    module.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
