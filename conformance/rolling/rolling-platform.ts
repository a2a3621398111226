import { setTimeout as delay } from "node:timers/promises";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { apiAt } from "../gateway/http.ts";

/** Gateways on one database, each of which can be ended and started again where it was. */
export interface RollingPlatform {
  readonly databaseUrl: string;
  readonly gateways: readonly RollingGateway[];
  close(): Promise<void>;
}

export interface RollingGateway {
  readonly url: string;
  readonly process: SpawnedOctavo;
  /** As a deployment does it: SIGTERM, the end, a new process on the same port, ready.
   * @param root of the tree whose program it is then; default: as it was started */
  replace(root?: string): Promise<void>;
  /** Replaces its workers by SIGHUP, and resolves when all were. */
  replaceWorkers(workers: number): Promise<void>;
}

const TENANT = "rolling";
/** What a call to the module needs. */
export const ofTenant: Readonly<Record<string, string>> = { "X-Okapi-Tenant": TENANT };
export const path = "/counted";

/** @param moduleUrl the module behind `path` */
export async function startRollingPlatform(
  gateways: number,
  moduleUrl: string,
  env: Readonly<Record<string, string>>,
  root?: string,
): Promise<RollingPlatform> {
  const database = await freshDatabase();
  const folder = temporaryFolder();
  const start: Start = async (port, program = root) => {
    const settings = {
      DATABASE_URL: database.url,
      OCTAVO_DATA_DIR: folder.path,
      OCTAVO_MANAGEMENT_AUTH: "open",
      ...port,
      ...env,
    };
    const octavo = await spawnOctavo(["gateway"], settings, program);
    await octavo.healthy(HANG_MS);
    await until("it is ready", () => isReady(octavo.url), octavo);
    return octavo;
  };
  const started: RollingGateway[] = [];
  for (let number = 0; number < gateways; number += 1) started.push(await rolling(start));
  await place(started, moduleUrl);
  return {
    databaseUrl: database.url,
    gateways: started,
    async close() {
      for (const gateway of started) await gateway.process.stop();
      await database.drop();
      folder.remove();
    },
  };
}

type Start = (port: Readonly<Record<string, string>>, root?: string) => Promise<SpawnedOctavo>;

async function rolling(start: Start): Promise<RollingGateway> {
  let running = await start({});
  const { url } = running;
  return {
    url,
    get process() {
      return running;
    },
    async replace(root) {
      const exit = await running.stop("SIGTERM");
      if (exit.code !== 0)
        throw new Error(`ended with ${exit.code ?? exit.signal}:\n${running.output.stderr}`);
      running = await start({ OCTAVO_PORT: new URL(url).port }, root);
    },
    async replaceWorkers(workers) {
      const wanted = timesSaid(running, "worker replaced") + workers;
      process.kill(running.pid, "SIGHUP");
      await until("all workers are replaced", () => timesSaid(running, "worker replaced") >= wanted, running);
    },
  };
}

/** One tenant with one module, known to every gateway. */
async function place(gateways: readonly RollingGateway[], moduleUrl: string): Promise<void> {
  const api = apiAt(gateways[0]?.url ?? "");
  const entry = { methods: ["GET", "POST"], pathPattern: path, permissionsRequired: [] };
  const id = "counting-1.0.0";
  const descriptor = { id, provides: [{ id: "counting", version: "1.0", handlers: [entry] }] };
  const steps = [
    () => api.post("/_/proxy/modules", descriptor),
    () => api.post("/_/discovery/modules", { srvcId: id, instId: "counting-1", url: moduleUrl }),
    () => api.post("/_/proxy/tenants", { id: TENANT }),
    () => api.post(`/_/proxy/tenants/${TENANT}/install?invoke=false`, [{ id, action: "enable" }]),
  ];
  for (const step of steps) {
    const { status, text } = await step();
    if (status >= 300) throw new Error(`${status}: ${text}`);
  }
  for (const { url, process } of gateways) {
    // A connection that it kept would keep a worker that is replaced for the whole grace.
    const headers = { ...ofTenant, Connection: "close" };
    const knows = async () => (await fetch(url + path, { headers })).status === 200;
    await until("it knows the module", knows, process);
  }
}

export async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/_/health/ready`, { headers: { Connection: "close" } });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

export function timesSaid({ output }: SpawnedOctavo, message: string): number {
  return output.stderr.split(`"message":"${message}"`).length - 1;
}

const HANG_MS = 60_000;

/** @param of whose log tells why it did not come */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  of: { readonly output: { readonly stderr: string } },
): Promise<void> {
  const givesUpAt = performance.now() + HANG_MS;
  while (!(await holds())) {
    if (performance.now() > givesUpAt) throw new Error(`never: ${what}; it wrote:\n${of.output.stderr}`);
    await delay(20);
  }
}
