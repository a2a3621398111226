import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type CountingModule, startCountingModule } from "./counting-module.ts";
import { DatabaseLink } from "./database-link.ts";

const START_MS = 60_000;
export const TENANT = "verify";
export const PATH = "/verify";

/** A gateway of the installation. */
export interface VerifiedGateway {
  readonly name: string;
  readonly url: string;
  readonly link: DatabaseLink;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  ended(): Promise<void>;
  /** Starts another process in its place; resolves when it is ready. */
  start(): Promise<void>;
}

/** Gateways of this version on this machine, one database, one module, one tenant: made for a trial and removed after it. */
export interface TestInstallation {
  readonly gateways: readonly VerifiedGateway[];
  readonly module: CountingModule;
  close(): Promise<void>;
}

/** @param databaseUrl of an empty database */
export async function startInstallation(databaseUrl: string, gateways: number): Promise<TestInstallation> {
  const folder = mkdtempSync(join(tmpdir(), "octavo-verify-"));
  const module = await startCountingModule();
  const running: VerifiedGateway[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(
      running.map(async (gateway) => {
        gateway.signal("SIGCONT");
        gateway.signal("SIGKILL");
        await gateway.ended();
        gateway.link.close();
      }),
    );
    module.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let number = 1; number <= gateways; number += 1) {
      running.push(await startGateway(`gateway ${number}`, join(folder, String(number)), databaseUrl));
    }
    await place(running[0]?.url ?? "", module.url);
  } catch (error) {
    await close();
    throw error;
  }
  return { gateways: running, module, close };
}

async function startGateway(name: string, dataFolder: string, databaseUrl: string): Promise<VerifiedGateway> {
  const link = await DatabaseLink.to(databaseUrl);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    DATABASE_URL: link.url,
    OCTAVO_DATA_DIR: dataFolder,
    OCTAVO_KEY: "00".repeat(32),
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_PORT: String(port),
    OCTAVO_MANAGEMENT_AUTH: "open",
    OCTAVO_ACCESS_LOG: "off",
    OCTAVO_DRAIN_DELAY_MS: "1000",
  };
  let child: ChildProcess;
  let log = "";
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [process.argv[1] ?? "", "gateway"], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    log = "";
    child.stderr?.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
    const givesUpAt = performance.now() + START_MS;
    while (!(await isReady(url))) {
      if (child.exitCode !== null || performance.now() > givesUpAt)
        throw new Error(`${name} does not start:\n${log}`);
      await delay(50);
    }
  };
  await start();
  return {
    name,
    url,
    link,
    signal: (signal) => void child.kill(signal),
    ended: async () => {
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
    start,
  };
}

async function place(gatewayUrl: string, moduleUrl: string): Promise<void> {
  const id = "verify-1.0.0";
  const entry = { methods: ["GET", "POST"], pathPattern: PATH, permissionsRequired: [] };
  const calls: readonly (readonly [string, unknown])[] = [
    ["/_/proxy/tenants", { id: TENANT }],
    ["/_/proxy/modules", { id, provides: [{ id: "verify", version: "1.0", handlers: [entry] }] }],
    ["/_/discovery/modules", { srvcId: id, instId: `${id}-1`, url: moduleUrl }],
    [`/_/proxy/tenants/${TENANT}/install?invoke=false`, [{ id, action: "enable" }]],
  ];
  for (const [path, body] of calls) {
    const answer = await fetch(gatewayUrl + path, { method: "POST", body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${text}`);
  }
}

export async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/_/health/ready`, { signal: AbortSignal.timeout(500) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}
