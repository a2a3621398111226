import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import type { EmbeddedPostgresError } from "../embedded-postgres-error.ts";
import type { EmbeddedPostgres } from "../start-embedded-postgres.ts";

/** A process of its own that started the server of a folder, holds it, and stops it at SIGTERM. */
export interface ChildStart {
  readonly outcome: Omit<EmbeddedPostgres, "stop"> | EmbeddedPostgresError;
  /** To the process and all others of its group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): Promise<void>;
}

const driver = pathToFileURL(join(import.meta.dirname, "..", "index.ts")).href;

const program = `
  import { startEmbeddedPostgres } from ${JSON.stringify(driver)};
  const started = await startEmbeddedPostgres({ dataDir: process.argv[1], maxConnections: 20 });
  console.log(JSON.stringify(started.ok ? started.value : started.error));
  if (started.ok) {
    const held = setInterval(() => {}, 60_000);
    process.once("SIGTERM", () => started.value.stop().then(() => clearInterval(held)));
  }
`;

/** @param env the whole environment beside PATH
 * @param user whom to run as, when we are root */
export async function startInChild(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  user: { uid: number; gid: number } | null = null,
): Promise<ChildStart> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, dataDir], {
    ...user,
    cwd: "/",
    env: { PATH: process.env["PATH"], ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let hasEnded = false;
  const ended = once(child, "close").then(() => (hasEnded = true));
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const outcome = await new Promise<ChildStart["outcome"]>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("utf8");
      // Written by the program above.
      if (stdout.endsWith("\n")) resolve(JSON.parse(stdout) as ChildStart["outcome"]);
    });
    child.on("close", () => reject(new Error(`the child said nothing: ${stderr}`)));
  });
  return {
    outcome,
    async signalGroup(signal) {
      if (child.pid !== undefined && !hasEnded) process.kill(-child.pid, signal);
      await ended;
    },
  };
}
