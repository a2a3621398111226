import { randomUUID } from "node:crypto";
import { parseModuleDescriptor, type ModuleDescriptor } from "@octavo/descriptor";
import { type CheckedHead, connectOnWire } from "@octavo/http-wire";
import {
  defaultIdentityPolicy,
  identityRowsIn,
  type IdentityPolicy,
  SigningKeys,
  TokenIssuer,
} from "@octavo/identity";
import { parseJson } from "@octavo/json";
import { internalModuleDescriptor } from "@octavo/management-api";
import { type Change, openRegistry, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { Epochs } from "@octavo/tokens";
import { compileRoutes, matchHandler, type Route } from "@octavo/routing";
import { createUpstreams } from "@octavo/upstream";
import { parseGatewayConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { GatewayMetrics } from "../metrics/gateway-metrics.ts";
import type { Platform } from "../management/platform.ts";
import { prepareAuthority, type RunningAuthority } from "../proxy/authority-start.ts";
import type { AuthorityDecision } from "../proxy/tenant-authority.ts";

/** One instance's authority without a listener: a registry, connections to modules, and nothing in between. */
export interface AuthorityInTest {
  readonly registry: Registry;
  readonly running: RunningAuthority;
  /** Signs as the gateway does, under epochs of 0. */
  readonly issuer: TokenIssuer;
  /** What it says of a request of this tenant. */
  decide(
    tenantId: string,
    token: string | null,
    path: string,
    namesTenant?: boolean,
  ): AuthorityDecision | Promise<AuthorityDecision>;
  put(...changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

const keyInTest = Buffer.alloc(32, 7);

export async function authorityInTest(
  databaseUrl: string,
  {
    policy = defaultIdentityPolicy,
    octavoKey = keyInTest,
  }: { policy?: IdentityPolicy; octavoKey?: Uint8Array } = {},
): Promise<AuthorityInTest> {
  const instance = { id: randomUUID(), name: null, url: "http://127.0.0.1:1", version: "0.0.0" };
  const opened = await openRegistry({
    connectionString: databaseUrl,
    instance,
    internalModule: descriptorOf(JSON.parse(internalModuleDescriptor())),
    log: () => undefined,
    pollIntervalMs: 50,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const registry = opened.value;
  const log = createLog({ level: "error", form: "json", now: () => 0, write: () => undefined });
  const rows = identityRowsIn(registry);
  const prepared = await prepareAuthority({ registry, log, instance, rows }, octavoKey, policy);
  if (!prepared.ok) {
    await registry.close();
    throw new Error(prepared.error);
  }
  const keys = await SigningKeys.open(registry, octavoKey, () => undefined);
  if (!keys.ok) throw new Error(keys.error);
  const epochs = new Epochs();
  const epochsOf = (tenantId: string) => epochs.ofTenant(tenantId);
  const now = () => registry.clock.now();
  const issuer = new TokenIssuer({ keys: keys.value, epochsOf, policy, now });
  const config = parseGatewayConfig({ OCTAVO_KEY: Buffer.alloc(32).toString("base64") }, "up");
  if (!config.ok) throw new Error(config.error.join());
  const connections = connectOnWire();
  const upstreams = createUpstreams({ connections, clock: registry.clock });
  const platform: Platform = {
    registry,
    config: config.value,
    log,
    metrics: new GatewayMetrics("on"),
    tracing: null,
    clock: registry.clock,
    instance,
    versions: { okapi: "7.2.0", octavo: "0.0.0" },
    draining: new AbortController().signal,
    jobs: { wake: () => undefined, settled: async () => undefined },
  };
  const running = prepared.value.start(platform, upstreams);
  return {
    registry,
    running,
    issuer,
    decide: (tenantId, token, path, namesTenant = true) => {
      const { snapshot } = registry;
      const tenant = snapshot.tenants.get(tenantId);
      if (tenant === undefined) throw new Error(`no tenant ${tenantId}`);
      const modules = tenant.enabled.flatMap((id) => snapshot.modules.get(id) ?? []);
      const route = routeAt(modules, path);
      return running.authority.decide({
        snapshot,
        tenant,
        head: headOf(path, namesTenant ? tenantId : null, token),
        token,
        route,
        extraPermissions: [],
      });
    },
    async put(...changes) {
      const intent = { actor: "open-mode", action: "put", target: "", requestId: null, idempotency: null };
      const written = await registry.write<never>(intent, () => ok({ changes, answer: "" }));
      if (!written.ok) throw new Error(JSON.stringify(written.error));
    },
    async close() {
      running.close();
      keys.value.close();
      upstreams.close();
      await connections.close();
      await registry.close();
    },
  };
}

function descriptorOf(plain: unknown): ModuleDescriptor {
  const json = parseJson(JSON.stringify(plain));
  const descriptor = json.ok ? parseModuleDescriptor(json.value) : null;
  if (descriptor?.ok !== true) throw new Error("no descriptor");
  return descriptor.value;
}

/** A tenant with these modules, each running at its URL. */
export function tenantWith(
  tenantId: string,
  modules: readonly (readonly [descriptor: unknown, url: string])[],
): readonly Change[] {
  const placed = modules.map(([descriptor, url]) => ({ module: descriptorOf(descriptor), url }));
  return [
    { kind: "tenant.put", tenant: { id: tenantId, name: null, description: null } },
    ...placed.map(({ module }): Change => ({ kind: "module.added", module })),
    ...placed.map(({ module: { id }, url }): Change => ({
      kind: "instance.registered",
      instance: { instanceId: `${id}-1`, moduleId: id, url, nodeId: null, descriptor: null },
    })),
    { kind: "tenant.modules", tenantId, enable: placed.map(({ module }) => module.id), disable: [] },
  ];
}

const tables = new WeakMap<ModuleDescriptor, ReturnType<typeof compileRoutes>>();

function routeAt(modules: readonly ModuleDescriptor[], path: string): Route {
  for (const module of modules) {
    const table = tables.get(module) ?? compileRoutes([module]);
    tables.set(module, table);
    const route = matchHandler(table, "GET", path, path.length);
    if (route !== null) return route;
  }
  throw new Error(`no route for ${path}`);
}

function headOf(path: string, tenant: string | null, token: string | null): CheckedHead {
  return {
    method: "GET",
    target: path,
    path,
    query: "",
    host: "127.0.0.1",
    headers: [],
    okapi: { tenant, token, requestId: null, moduleId: null, additionalToken: null },
    revision: null,
    framing: { kind: "none" },
    remoteAddress: "127.0.0.1",
  };
}
