import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@octavo/testing/free-port";
import type { RollingGateway } from "./rolling-platform.ts";

const configuration = join(import.meta.dirname, "..", "..", "deploy", "haproxy", "haproxy.cfg");

/** HAProxy with the configuration that we ship, before two gateways, and a line for each further one. */
export async function startHaproxy(
  program: string,
  [first, second, ...further]: readonly RollingGateway[],
): Promise<{ readonly url: string; readonly output: { stderr: string }; close(): Promise<void> }> {
  const port = await freePort();
  const env = {
    OCTAVO_FRONT: `127.0.0.1:${port}`,
    OCTAVO_GATEWAY_1: new URL(first?.url ?? "").host,
    OCTAVO_GATEWAY_2: new URL(second?.url ?? "").host,
  };
  const folder = mkdtempSync(join(tmpdir(), "octavo-haproxy-"));
  const lines = further.map(({ url }, at) => `    server gateway${at + 3} ${new URL(url).host}\n`);
  writeFileSync(join(folder, "haproxy.cfg"), readFileSync(configuration, "utf8") + lines.join(""));
  const child = spawn(program, ["-db", "-f", join(folder, "haproxy.cfg")], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const output = { stderr: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  }
  return {
    url: `http://${env.OCTAVO_FRONT}`,
    output,
    async close() {
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
