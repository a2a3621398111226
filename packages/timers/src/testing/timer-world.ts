import { randomUUID } from "node:crypto";
import { type ModuleDescriptor, parseModuleDescriptor } from "@octavo/descriptor";
import { fromPlain } from "@octavo/json";
import { type Change, openRegistry, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterEach, beforeEach } from "vitest";
import type { LeaseTimes } from "../group-leases.ts";
import type { TimerClient } from "../timer-client.ts";
import { TimerRunner } from "../timer-runner.ts";
import { changeSetting, type SettingChange } from "../timer-settings.ts";
import { type RecordedCalls, recordCalls } from "./recorded-calls.ts";

/** Leases as in production, ten times as fast. */
const quick: LeaseTimes = { ttlSeconds: 1, renewMs: 300, selfStopMs: 700, lookMs: 50, leavingMs: 1000 };

interface InstanceInTest {
  readonly registry: Registry;
  readonly runner: TimerRunner;
  readonly problems: readonly string[];
  /** The database is gone for it in the middle of whatever it does; its leases stay. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export interface TimerWorld {
  readonly calls: RecordedCalls;
  start(leaseTimes?: LeaseTimes): Promise<InstanceInTest>;
  put(...changes: readonly Change[]): Promise<void>;
  change(tenantId: string, timerId: string, change: SettingChange): Promise<void>;
  rows(sql: string): Promise<readonly Record<string, unknown>[]>;
}

/** For each test a database, instances that are closed after it, and one record of their calls. */
export function timerWorldPerTest(): TimerWorld {
  let database: FreshDatabase;
  let writer: Registry;
  let calls: RecordedCalls;
  let instances: InstanceInTest[] = [];
  beforeEach(async () => {
    database = await freshDatabase();
    writer = await openOn(database.url);
    calls = recordCalls();
    instances = [];
  });
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.close()));
    await writer.close();
    await database.drop();
  });
  return {
    get calls() {
      return calls;
    },
    async start(leaseTimes = quick) {
      const instance = await startInstance(database.url, calls, leaseTimes);
      instances.push(instance);
      return instance;
    },
    put: (...changes) => put(writer, ...changes),
    change: (tenantId, timerId, change) => changeTimer(writer, tenantId, timerId, change),
    rows: (sql) => query(database.url, sql),
  };
}

async function startInstance(
  url: string,
  calls: RecordedCalls,
  leaseTimes: LeaseTimes,
): Promise<InstanceInTest> {
  const instanceId = randomUUID();
  const registry = await openOn(url, instanceId);
  const problems: string[] = [];
  const runner = new TimerRunner({
    registry,
    instanceId,
    call: calls.call,
    onFired: () => undefined,
    onProblem: (because) => problems.push(because),
    leaseTimes,
  });
  const close = async (graceMs: number): Promise<void> => {
    await runner.close(graceMs);
    await registry.close();
  };
  return {
    registry,
    runner,
    problems,
    crash: async () => {
      await registry.close();
    },
    close: () => close(200),
  };
}

/** A machine that is busy with other tests may take longer to connect than a registry waits. */
const attempts = 5;

async function openOn(url: string, id: string = randomUUID()): Promise<Registry> {
  let because = "";
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const opened = await openRegistry({
      connectionString: url,
      instance: { id, name: null, url: "http://127.0.0.1:9130", version: "0.1.0" },
      internalModule: moduleWith("okapi-7.2.0", []),
      log: () => undefined,
      pollIntervalMs: 50,
    });
    if (opened.ok) return opened.value;
    because = opened.error.message;
    if (opened.error.kind !== "unreachable") break;
  }
  throw new Error(because);
}

async function put(registry: Registry, ...changes: readonly Change[]): Promise<void> {
  const intent = { actor: "open-mode", action: "put", target: "", requestId: null, idempotency: null };
  const written = await registry.write<never>(intent, () => ok({ changes, answer: "" }));
  if (!written.ok) throw new Error(JSON.stringify(written.error));
}

async function changeTimer(
  registry: Registry,
  tenantId: string,
  timerId: string,
  change: SettingChange,
): Promise<void> {
  const { revision } = registry.snapshot;
  const changed = await registry.transaction(async (client: TimerClient) => {
    await changeSetting(client, { tenantId, timerId }, change, revision);
    await client.query("notify octavo_rows");
  });
  if (!changed.ok) throw new Error(JSON.stringify(changed.error));
}

/** A module with these timers: entries without path and method, which they get. */
export function moduleWith(id: string, timers: readonly object[]): ModuleDescriptor {
  const handlers = timers.map((timer, at) => ({ methods: ["POST"], pathPattern: `/timer/${at}`, ...timer }));
  const provides =
    timers.length === 0 ? [] : [{ id: "_timer", version: "1.0", interfaceType: "system", handlers }];
  const parsed = parseModuleDescriptor(fromPlain({ id, provides }));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

export const everyMs = (delay: number): object => ({ unit: "millisecond", delay: String(delay) });

export function tenantWith(id: string, ...moduleIds: readonly string[]): readonly Change[] {
  return [
    { kind: "tenant.put", tenant: { id, name: null, description: null } },
    { kind: "tenant.modules", tenantId: id, enable: moduleIds, disable: [] },
  ];
}
