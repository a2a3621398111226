import { BodyFailure, type BodySource, connectOnWire, type UpstreamRequest } from "@octavo/http-wire";
import type { GatewayFailure } from "../gateway-failure.ts";
import { defaultUpstreamLimits, type UpstreamLimits } from "../limits.ts";
import type { UpstreamEvent } from "../module-pool.ts";
import type { RoutePolicy, UpstreamAnswer } from "../run-call.ts";
import { createUpstreams, type Upstreams } from "../upstreams.ts";
import { answer, type Script, ScriptedModule } from "./scripted-module.ts";
import { seededRandom } from "./seeded-random.ts";

export const NOW = 1_700_000_000_000;
/** No test waits for these; where a timeout must come, it is given. */
const patient: UpstreamLimits = {
  ...defaultUpstreamLimits,
  connectMs: 20_000,
  firstByteMs: 20_000,
  bodyIdleMs: 20_000,
  queueMs: 20_000,
};
export const plain: RoutePolicy = {
  tenantId: "diku",
  firstByteMs: null,
  bodyIdleMs: null,
  deadline: null,
  isRepeatable: false,
};

const modules: ScriptedModule[] = [];
let ends: (() => Promise<void>)[] = [];

/** After every test: all slots are given back and all connections closed.
 * @throws where one is left */
export async function closeAll(): Promise<void> {
  for (const end of ends.splice(0)) await end();
  for (const module of modules.splice(0)) await module.stop();
  ends = [];
}

/** @param port where another one was; any by default */
export async function start(script: Script, port = 0): Promise<ScriptedModule> {
  const module = await ScriptedModule.start(script, port);
  modules.push(module);
  return module;
}

export const ok: Script = (socket) => socket.write(answer("ok"));

/** Upstreams with a clock that stands still until it is set. */
export function open(limits: Partial<UpstreamLimits> = {}) {
  const connections = connectOnWire({ idleMs: 3_600_000 }); // nothing closes by itself
  const events: UpstreamEvent[] = [];
  const waiting: (() => void)[] = [];
  const time = { now: NOW };
  const upstreams = createUpstreams({
    connections,
    clock: { now: () => time.now },
    limits: { ...patient, ...limits },
    random: seededRandom(1),
    onEvent: (event) => {
      events.push(event);
      for (const wake of waiting.splice(0)) wake();
    },
  });
  ends.push(async () => {
    upstreams.close();
    await connections.close();
    await settled();
    if (upstreams.inFlight + connections.open > 0) throw new Error("slots or connections have leaked");
  });
  const untilEvent = async (kind: UpstreamEvent["kind"]): Promise<void> => {
    while (!events.some((each) => each.kind === kind)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { upstreams, connections, events, time, untilEvent };
}

export const kinds = (events: readonly UpstreamEvent[]): string[] => events.map(({ kind }) => kind);

export function moduleOf(...instances: readonly (ScriptedModule | string)[]) {
  return {
    moduleId: "mod-users-19.3.2",
    instances: instances.map((each, index) => ({
      instanceId: `i-${index}`,
      url: typeof each === "string" ? each : each.url,
    })),
  };
}

export function request(method: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method,
    target: "/users",
    rawHeaders: [],
    body: null,
    contentLength: null,
    signal: new AbortController().signal,
    ...more,
  };
}

export type Sent = ReturnType<Upstreams["send"]>;

export async function answerOf(sent: Sent): Promise<UpstreamAnswer> {
  const result = await sent;
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.detail}`);
  return result.value;
}

export async function failureOf(sent: Sent): Promise<GatewayFailure> {
  const result = await sent;
  if (result.ok) throw new Error(`an answer with status ${result.value.status}`);
  return result.error;
}

export async function text(sent: Sent): Promise<string> {
  return read(await answerOf(sent));
}

export async function read(value: UpstreamAnswer): Promise<string> {
  const bytes = await value.body?.readAll(1_000_000);
  await value.ended;
  return Buffer.from(bytes ?? []).toString("latin1");
}

/** What has ended is put back a few turns later. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export async function deadUrl(): Promise<string> {
  const module = await ScriptedModule.start(ok);
  await module.stop();
  return module.url;
}

export function streamedBody(value: string): BodySource {
  return sourceOf(async function* () {
    yield Buffer.from(value);
  });
}

export function brokenBody(): BodySource {
  return sourceOf(async function* () {
    yield Buffer.from("hel");
    throw new BodyFailure("client-gone");
  });
}

function sourceOf(pieces: () => AsyncGenerator<Uint8Array, void>): BodySource {
  return { [Symbol.asyncIterator]: pieces, readAll: () => Promise.resolve(null) };
}
