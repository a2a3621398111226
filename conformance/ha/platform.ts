import { setTimeout as delay } from "node:timers/promises";
import { FaultProxy } from "@octavo/testing/fault-proxy";
import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { send } from "./send.ts";

/** Gateways on one database, each of which reaches it through a proxy of its own. */
export interface Platform {
  readonly databaseUrl: string;
  readonly gateways: readonly Gateway[];
  /** Carries out a call of the management API; one that is refused throws. */
  manage(gateway: Gateway, method: string, path: string, body?: unknown): Promise<string>;
  /** Starts a process in place of one that has ended. */
  restart(gateway: Gateway): Promise<Gateway>;
  close(): Promise<void>;
}

export interface Gateway {
  readonly url: string;
  readonly process: SpawnedOctavo;
  readonly toDatabase: FaultProxy;
  readonly env: Readonly<Record<string, string>>;
}

/** @param envOf what the gateway of this number gets beside what all have
 * @param given where it is not a fresh database of the run */
export async function startPlatform(
  gateways: number,
  envOf: (number: number) => Readonly<Record<string, string>> = () => ({}),
  given?: FreshDatabase,
): Promise<Platform> {
  const database = given ?? (await freshDatabase());
  const folder = temporaryFolder();
  const start = async (toDatabase: FaultProxy, env: Readonly<Record<string, string>>): Promise<Gateway> => {
    const process = await spawnOctavo(["gateway"], env);
    await process.healthy(HANG_MS);
    return { url: process.url, process, toDatabase, env };
  };
  const running: Gateway[] = [];
  for (let number = 0; number < gateways; number += 1) {
    const toDatabase = await FaultProxy.before(database.url);
    const env = {
      DATABASE_URL: toDatabase.url,
      OCTAVO_DATA_DIR: `${folder.path}/${number}`,
      OCTAVO_KEY: "00".repeat(32),
      OCTAVO_HOST: "127.0.0.1",
      OCTAVO_MANAGEMENT_AUTH: "open",
      OCTAVO_ACCESS_LOG: "off",
      OCTAVO_DRAIN_DELAY_MS: "0",
      ...envOf(number),
    };
    running.push(await start(toDatabase, env));
  }
  return {
    databaseUrl: database.url,
    gateways: running,
    async manage({ url }, method, path, body) {
      const sent = await send(false, url, {
        method,
        path,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (sent.kind === "answered" && sent.status < 300) return sent.text;
      throw new Error(
        `${method} ${path}: ${sent.kind === "answered" ? `${sent.status} ${sent.text}` : sent.because}`,
      );
    },
    async restart(gateway) {
      const env = { ...gateway.env, OCTAVO_PORT: new URL(gateway.url).port };
      const again = await start(gateway.toDatabase, env);
      running[running.indexOf(gateway)] = again;
      return again;
    },
    async close() {
      await Promise.all(running.map((gateway) => gateway.process.kill9()));
      await Promise.all(running.map((gateway) => gateway.toDatabase.close()));
      await database.drop();
      folder.remove();
    },
  };
}

/** A module with a route for all, enabled for these tenants. */
export async function place(
  platform: Platform,
  { id, path, url }: { readonly id: string; readonly path: string; readonly url: string },
  tenants: readonly string[],
): Promise<void> {
  const [first] = platform.gateways;
  if (first === undefined) throw new Error("no gateway");
  const entry = { methods: ["GET", "POST"], pathPattern: path, permissionsRequired: [] };
  const provides = [{ id: path.slice(1), version: "1.0", handlers: [entry] }];
  await platform.manage(first, "POST", "/_/proxy/modules", { id, provides });
  await platform.manage(first, "POST", "/_/discovery/modules", { srvcId: id, instId: `${id}-1`, url });
  for (const tenant of tenants) {
    const steps = [{ id, action: "enable" }];
    await platform.manage(first, "POST", `/_/proxy/tenants/${tenant}/install?invoke=false`, steps);
  }
}

/** A bound for what is stuck, far above every stated time. */
export const HANG_MS = 60_000;

/** Looks until it is so. @returns how long that took, in milliseconds */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  mostMs = HANG_MS,
): Promise<number> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > mostMs) throw new Error(`never: ${what}`);
    await delay(20);
  }
  return performance.now() - begun;
}

/** Ends all faults before a gateway's database, and resolves when answers to writes wait for it again: until its next heartbeat
 * they do not. @param live how many gateways there are then */
export async function heal(gateway: Gateway, other: Gateway, live: number): Promise<void> {
  gateway.toDatabase.heal();
  const probe = { method: "POST", path: "/_/env", body: JSON.stringify({ name: "HEALED", value: "" }) };
  await until(`${gateway.url} is waited for`, async () => {
    const sent = await send(false, other.url, probe);
    return sent.kind === "answered" && sent.headers["x-octavo-applied"] === `${live}/${live}`;
  });
}

/** What a gateway says of itself. */
export async function readinessOf({ url }: Gateway): Promise<{
  readonly status: number;
  readonly revision: number;
  readonly database: string;
  readonly because: string;
}> {
  const sent = await send(false, url, { method: "GET", path: "/_/health/ready" });
  if (sent.kind !== "answered") return { status: 0, revision: -1, database: "", because: sent.because };
  const {
    revision,
    database,
    because = "",
  } = JSON.parse(sent.text) as {
    readonly revision: number;
    readonly database: string;
    readonly because?: string;
  }; // as: Readiness of the management API
  return { status: sent.status, revision, database, because };
}
