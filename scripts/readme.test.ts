import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasFolioData } from "@octavo/testing/folio-data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const place = mkdtempSync(join(tmpdir(), "octavo-readme-"));

/** A command of "The first ten minutes", with the lines that the README shows of its output. */
interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

describe.runIf(hasFolioData)("the README", () => {
  let port = 0;
  let portOfModule = 0;
  const beside: ChildProcess[] = [];
  let stop: () => Promise<number | null> = () => Promise.resolve(null);

  beforeAll(async () => {
    port = await freePort();
    portOfModule = await freePort();
    stop = await startAsReadmeSays();
  }, 150_000);
  afterAll(() => {
    for (const child of beside) child.kill("SIGTERM");
    rmSync(place, { recursive: true, force: true });
  });

  const commands = ["The first ten minutes", "A module developer's first ten minutes"].flatMap(commandsOf);
  it.each(commands)("tells the truth: $command", async ({ command, lines }) => {
    if (command.endsWith(" &")) {
      beside.push(await startBeside(command.slice(0, -2)));
      return;
    }
    const { code, output } = await run(command);
    expect({ code, output }).toMatchObject({ code: 0 });
    for (const line of lines) expect(output.split("\n")).toContain(line);
  });

  it("starts what a signal to npm ends cleanly", async () => {
    expect(await stop()).toBe(0);
    await expect.poll(() => isListening(port), { timeout: 20_000 }).toBe(false);
  });

  /** `npm start`, with a data folder and a port of the test's own; resolves when it says that it is up. */
  async function startAsReadmeSays(): Promise<() => Promise<number | null>> {
    const child = spawn("npm", ["start"], {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    let talk = "";
    child.stderr.on("data", (bytes) => (talk += String(bytes)));
    await new Promise<void>((resolve, reject) => {
      let output = "";
      child.stdout.on("data", (bytes) => {
        output += String(bytes);
        if (output.includes("Ctrl-C stops everything")) resolve();
      });
      void ended.then((code) => reject(new Error(`npm start ended with ${code}: ${talk}`)));
    });
    return () => {
      child.kill("SIGTERM");
      return ended;
    };
  }

  /** The README says 9130, 8082 and .octavo, which may be in use where tests run: they are replaced by the test's own. */
  function here(command: string): string {
    return command
      .replaceAll("9130", String(port))
      .replaceAll("8082", String(portOfModule))
      .replaceAll(".octavo/", `${place}/`);
  }

  /** What the README leaves running; resolves when it listens. */
  async function startBeside(command: string): Promise<ChildProcess> {
    const child = spawn("bash", ["-c", `exec env ${here(command)}`], {
      cwd: root,
      env: environment(),
      stdio: "ignore",
    });
    await expect.poll(() => isListening(portOfModule), { timeout: 20_000 }).toBe(true);
    return child;
  }

  function run(command: string): Promise<{ code: number | null; output: string }> {
    const child = spawn("bash", ["-c", here(command)], {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (bytes) => (output += String(bytes)));
    child.stderr.on("data", (bytes) => (output += String(bytes)));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
  }

  function environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      OCTAVO_PORT: String(port),
      OCTAVO_DATA_DIR: place,
      OCTAVO_ADMIN_PASSWORD: "Only-of-this-test-1",
    };
  }
});

function commandsOf(heading: string): Shown[] {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const section = readme.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const blocks = [...section.matchAll(/```(sh|text)\n([^]*?)```/g)];
  const shown: Shown[] = [];
  for (const [, kind, body = ""] of blocks) {
    const lines = body.split("\n").filter((line) => line !== "");
    if (kind === "sh") shown.push(...lines.map((command) => ({ command, lines: [] })));
    else shown.push({ command: shown.pop()?.command ?? "", lines });
  }
  return shown.filter(({ command }) => command !== "npm start"); // the one that runs beside all others
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
