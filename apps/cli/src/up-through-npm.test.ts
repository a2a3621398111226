import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@octavo/testing/free-port";
import { temporaryFolder } from "@octavo/testing/spawn-octavo";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** What a fresh terminal has: neither our variables nor those of the npm that runs the tests. */
function freshEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(?:OCTAVO_|npm_|INIT_CWD$|DATABASE_URL$)/u;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

interface Ran {
  readonly code: unknown;
  readonly output: string;
}

async function shell(line: string, cwd: string): Promise<Ran> {
  const child = spawn("sh", ["-c", line], {
    cwd,
    env: freshEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
  const [code] = await once(child, "close");
  return { code, output };
}

describe.each([
  ["the repository's folder", root],
  ["a folder below it", join(root, "docs")],
])("npm start in %s", (_where, cwd) => {
  it("prints commands that a fresh terminal can take as they stand there", { timeout: 120_000 }, async () => {
    const place = temporaryFolder();
    const npm = spawn("npm", ["start"], {
      cwd,
      env: {
        ...freshEnvironment(),
        OCTAVO_PORT: String(await freePort()),
        OCTAVO_DATA_DIR: join(place.path, "it's a folder"),
        OCTAVO_FOLIO_DATA: "/does/not/exist",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(npm, "close"); // not "exit": npm's child holds the pipes until the database has stopped
    try {
      const page = await pageOf(npm);
      const lines = [...page.matchAll(/^ {2}((?:npm run|curl) .*)$/gmu)].map(([, line = ""]) => line);
      expect(lines).toHaveLength(3);
      const ran: Ran[] = [];
      for (const line of lines) ran.push(await shell(line, cwd));
      expect(ran).toMatchObject(lines.map(() => ({ code: 0 })));
      const [plan, lists, doctor] = ran.map(({ output }) => output);
      expect(plan).toContain("3 to enable. Numbers give the order. Nothing was changed.");
      expect(lists).toContain('{"readingLists":[],"totalRecords":0}');
      expect(doctor).toMatch(/^ok +Gateway .* is ready/mu);
    } finally {
      npm.kill("SIGTERM");
      await ended;
      place.remove();
    }
  });
});

/** What it printed, once the last line of the page is there. */
function pageOf(npm: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let page = "";
    let talk = "";
    npm.stderr?.on("data", (bytes) => (talk += String(bytes)));
    npm.stdout?.on("data", (bytes) => {
      page += String(bytes);
      if (page.includes("Ctrl-C stops everything")) resolve(page);
    });
    npm.once("exit", (code) => reject(new Error(`npm start ended with ${code}: ${talk}`)));
  });
}
