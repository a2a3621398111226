import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { FaultProxy } from "@octavo/testing/fault-proxy";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import type { RawDescriptor } from "../authorisation/raw-descriptor.ts";
import { type RecordingModule, startRecordingModule } from "../authorisation/recording-module.ts";
import { type Answer, ask } from "../gateway/http.ts";

/** Gateways of one platform, closed as they are by default, each with a data folder of its own, behind a proxy that can take
 * their database away. */
export interface OutagePlatform {
  readonly gateways: readonly OutageGateway[];
  readonly module: RecordingModule;
  readonly operatorToken: string;
  /** As an operator. */
  manage(at: OutageGateway, method: string, path: string, body?: unknown): Promise<Answer>;
  /** A tenant's call that names its own token. */
  call(at: OutageGateway, path: string, token: string, more?: Partial<Call>): Promise<Answer>;
  /** Stopped, or frozen: it takes connections and answers nothing. */
  takeDatabaseAway(how?: "stopped" | "frozen"): void;
  giveDatabaseBack(): void;
  /** Resolves when each gateway has the newest state in its file. */
  kept(): Promise<void>;
  close(): Promise<void>;
}

interface Call {
  readonly method: string;
  readonly body: string;
}

export interface OutageGateway {
  readonly url: string;
  readonly folder: string;
  readonly process: SpawnedOctavo;
  /** Where it was, with the data folder that it had. Does not wait until it is ready. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
}

export const tenantId = "diku";
const HANG_MS = 75_000;
const get = { methods: ["GET"], permissionsRequired: [] };
const post = { ...get, methods: ["POST"] };
const provided = (
  id: string,
  handlers: NonNullable<NonNullable<RawDescriptor["provides"]>[0]["handlers"]>,
) => ({
  id,
  version: "1.0",
  handlers,
});

/** A user can be known and sign in; "/calling" is a module that gets a token of its own. */
const modules: readonly RawDescriptor[] = [
  {
    id: "mod-users-1.0.0",
    provides: [
      provided("users", [{ ...get, pathPattern: "/users/{id}" }]),
      provided("permissions", [{ ...get, pathPattern: "/perms/users/{id}/permissions" }]),
    ],
  },
  {
    id: "mod-login-1.0.0",
    provides: [
      provided("login", [
        { ...post, pathPattern: "/authn/login", modulePermissions: ["auth.token.sign.post"] },
        { ...post, pathPattern: "/authn/refresh", modulePermissions: ["auth.token.refresh.post"] },
      ]),
    ],
  },
  {
    id: "mod-echo-1.0.0",
    provides: [provided("echo", [{ ...get, pathPattern: "/echo", permissionsRequired: ["echo.get"] }])],
  },
  {
    id: "mod-calling-1.0.0",
    provides: [provided("calling", [{ ...get, pathPattern: "/calling", modulePermissions: ["echo.get"] }])],
  },
];

export async function startOutagePlatform(
  gateways: number,
  env: Readonly<Record<string, string>> = {},
): Promise<OutagePlatform> {
  const database = await freshDatabase();
  const proxy = await FaultProxy.before(database.url);
  const module = await startRecordingModule();
  const operatorToken = randomBytes(32).toString("hex");
  const common = {
    DATABASE_URL: proxy.url,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_KEY: Buffer.alloc(32, 5).toString("base64"),
    OCTAVO_OPERATOR_TOKEN: operatorToken,
    OCTAVO_DRAIN_DELAY_MS: "0",
    OCTAVO_ACCESS_LOG: "off",
    ...env,
  };
  const started: { readonly gateway: OutageGateway; readonly remove: () => void }[] = [];
  for (let number = 0; number < gateways; number += 1) {
    started.push(await startGateway(common));
  }
  const all = started.map(({ gateway }) => gateway);
  for (const { process } of all) await process.healthy(HANG_MS);
  const platform: OutagePlatform = {
    gateways: all,
    module,
    operatorToken,
    manage: (at, method, path, body) =>
      ask(at.url, {
        method,
        path,
        headers: { "X-Okapi-Token": operatorToken },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    call: (at, path, token, { method = "GET", body } = {}) =>
      ask(at.url, {
        method,
        path,
        headers: { "X-Okapi-Tenant": tenantId, ...(token === "" ? {} : { "X-Okapi-Token": token }) },
        ...(body === undefined ? {} : { body }),
      }),
    takeDatabaseAway: (how = "stopped") =>
      void proxy.add(how === "stopped" ? { kind: "down" } : { kind: "timeout", closesAfterMs: null }),
    giveDatabaseBack: () => proxy.heal(),
    async kept() {
      for (const gateway of all) {
        await until("its state is in its file", gateway, async () => {
          const { text } = await platform.manage(gateway, "GET", "/_/metrics");
          const kept = valueOf(text, "octavo_snapshot_file_revision");
          return (
            kept !== null &&
            kept === valueOf(text, "octavo_registry_revision") &&
            valueOf(text, "octavo_snapshot_file_age_seconds") !== null
          );
        });
      }
    },
    async close() {
      proxy.heal();
      for (const { gateway, remove } of started) {
        await gateway.process.stop();
        remove();
      }
      await module.close();
      await proxy.close();
      await database.drop();
    },
  };
  await place(platform);
  return platform;
}

async function startGateway(
  common: Readonly<Record<string, string>>,
): Promise<{ readonly gateway: OutageGateway; readonly remove: () => void }> {
  const folder = temporaryFolder();
  let running = await spawnOctavo(["gateway"], { ...common, OCTAVO_DATA_DIR: folder.path });
  const { url } = running;
  const gateway: OutageGateway = {
    url,
    folder: folder.path,
    get process() {
      return running;
    },
    async start(env = {}) {
      running = await spawnOctavo(["gateway"], {
        ...common,
        OCTAVO_DATA_DIR: folder.path,
        OCTAVO_PORT: new URL(url).port,
        ...env,
      });
    },
  };
  return { gateway, remove: () => folder.remove() };
}

async function place(platform: OutagePlatform): Promise<void> {
  const { gateways, module } = platform;
  const [first] = gateways;
  if (first === undefined) throw new Error("a platform has a gateway");
  const steps: readonly (readonly [string, unknown])[] = [
    ["/_/proxy/import/modules", modules],
    ...modules.map(({ id: srvcId }) => {
      return ["/_/discovery/modules", { srvcId, instId: `${srvcId}-1`, url: module.urlOf(srvcId) }] as const;
    }),
    ["/_/proxy/tenants", { id: tenantId }],
    [
      `/_/proxy/tenants/${tenantId}/install?invoke=false`,
      modules.map(({ id }) => ({ id, action: "enable" })),
    ],
  ];
  for (const [path, body] of steps) {
    const { status, text } = await platform.manage(first, "POST", path, body);
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  }
}

export async function isReady({ url }: OutageGateway): Promise<boolean> {
  try {
    return (await ask(url, { method: "GET", path: "/_/health/ready" })).status === 200;
  } catch {
    return false;
  }
}

/** Waits for what nothing announces; a hang fails with what the gateway has written. */
export async function until(
  what: string,
  of: OutageGateway,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const givesUpAt = performance.now() + HANG_MS;
  while (!(await holds())) {
    if (performance.now() > givesUpAt)
      throw new Error(`never: ${what}; it wrote:\n${of.process.output.stderr}`);
    await delay(20);
  }
}

/** Of a metric without labels, the sum where there are several processes; null where it is absent. */
export function valueOf(exposition: string, name: string): number | null {
  const found = exposition.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m"));
  return found === null ? null : Number(found[1]);
}
