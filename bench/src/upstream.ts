import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectOnWire, type UpstreamConnections, type UpstreamRequest } from "@octavo/http-wire";
import { createUpstreams, defaultUpstreamLimits, type RoutePolicy, type Upstreams } from "@octavo/upstream";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { median, middleHalf, quantile } from "./spread.ts";

/** What the way to a module costs this process for one call, as a multiple of a bare agent of node:http; and whether one
 * tenant can make the others wait. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  const modules = await Promise.all(Array.from({ length: 8 }, () => startModule()));
  try {
    const urls = modules.map(({ url }) => url);
    return {
      name: "upstream",
      figures: [...(await costFigures(urls, isFull)), ...(await fairnessFigures(urls[0] ?? "", isFull))],
    };
  } finally {
    for (const { stop } of modules) stop();
  }
}

async function startModule(): Promise<{ url: string; stop: () => void }> {
  const file = fileURLToPath(new URL("./gateway/small-module.ts", import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer]; // as: no encoding is set
  return { url: `http://127.0.0.1:${line.toString().trim()}`, stop: () => child.kill() };
}

const AT_ONCE = 32;
const clock = { now: () => performance.timeOrigin + performance.now() };

interface Way {
  readonly name: string;
  readonly call: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function costFigures(urls: readonly string[], isFull: boolean): Promise<Figure[]> {
  const [url = ""] = urls;
  const agent = bareAgent(url);
  const ways = [
    agent,
    bare("connections alone", url, connectOnWire()),
    whole("the whole way, one instance", urls.slice(0, 1)),
    whole("the whole way, eight instances", urls),
  ];
  const costs = new Map<Way, number[]>();
  for (let round = 0; round <= (isFull ? 9 : 4); round += 1) {
    for (const way of ways) {
      const cost = await costOf(way, isFull ? 8000 : 3000);
      if (round > 0) costs.set(way, [...(costs.get(way) ?? []), cost]); // the first warms up
    }
  }
  for (const way of ways) await way.close();
  const peers = costs.get(agent) ?? [];
  return ways.map((way) => {
    const seen = costs.get(way) ?? [];
    return {
      name: `${way.name}: processor time of a call`,
      value: median(seen),
      unit: "us",
      spread: middleHalf(seen),
      ...(way === agent ? {} : { ratio: median(seen.map((cost, at) => (peers[at] ?? Number.NaN) / cost)) }),
    };
  });
}

/** @returns microseconds of this process */
async function costOf({ call }: Way, calls: number): Promise<number> {
  const before = process.cpuUsage();
  let left = calls;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const headers = ["X-Okapi-Tenant", "diku", "X-Okapi-Request-Id", "123456/users", "Accept", "*/*"];

function bareAgent(url: string): Way {
  const agent = new Agent({ keepAlive: true });
  const call = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/users`, { agent, headers: ["Host", "a", ...headers] }, (answer) => {
        answer.on("data", () => undefined);
        answer.on("end", resolve);
      });
      request.on("error", reject);
      request.end();
    });
  return { name: "peer: a bare agent of node:http", call, close: async () => agent.destroy() };
}

function bare(name: string, url: string, connections: UpstreamConnections): Way {
  const timeouts = { connectMs: 1000, firstByteMs: 60_000, bodyIdleMs: 60_000 };
  const call = async (): Promise<void> => {
    const sent = await connections.send(url, requestOf(), timeouts);
    if (!sent.ok) throw new Error(sent.error.detail);
    if (sent.value.whole === null) await sent.value.body?.readAll(10_000);
  };
  return { name, call, close: () => connections.close() };
}

function whole(name: string, urls: readonly string[]): Way {
  const connections = connectOnWire();
  const upstreams = createUpstreams({ connections, clock });
  const module = moduleAt(urls);
  const call = async (): Promise<void> => {
    const sent = await upstreams.send(module, requestOf(), policyOf("diku"));
    if (!sent.ok) throw new Error(sent.error.message);
    if (sent.value.whole === null) await sent.value.body?.readAll(10_000);
  };
  return {
    name,
    call,
    close: async () => {
      upstreams.close();
      await connections.close();
    },
  };
}

function moduleAt(urls: readonly string[]) {
  return { moduleId: "mod-bench-1.0.0", instances: urls.map((url, at) => ({ instanceId: `i-${at}`, url })) };
}

function requestOf(target = "/users"): UpstreamRequest {
  const { signal } = new AbortController();
  return { method: "GET", target, rawHeaders: headers, body: null, contentLength: null, signal };
}

function policyOf(tenantId: string): RoutePolicy {
  return { tenantId, firstByteMs: null, bodyIdleMs: null, deadline: null, isRepeatable: false };
}

/** A module that takes 20 ms for each call and has 40 slots. Nine tenants have two calls at a time, nearly half of what it can;
 * then a tenth wants ten times his share of the slots as well. */
const SLOTS = 40;
const OTHERS = 9;
const ABUSIVE_AT_ONCE = 10 * (SLOTS / (OTHERS + 1));

async function fairnessFigures(url: string, isFull: boolean): Promise<Figure[]> {
  const connections = connectOnWire();
  const limits = { ...defaultUpstreamLimits, inFlightPerInstance: SLOTS };
  const upstreams = createUpstreams({ connections, clock, limits });
  const module = moduleAt([url]);
  const ratios: number[] = [];
  const [idle, loaded]: [number[], number[]] = [[], []];
  let failures = 0;
  for (let round = 0; round < (isFull ? 7 : 3); round += 1) {
    const quiet = await others(upstreams, module, isFull ? 4000 : 2000);
    const stop = new AbortController();
    const abuse = abuser(upstreams, module, stop.signal);
    const pressed = await others(upstreams, module, isFull ? 4000 : 2000);
    stop.abort();
    await abuse;
    idle.push(quantile(quiet.ms, 0.99));
    loaded.push(quantile(pressed.ms, 0.99));
    ratios.push(quantile(pressed.ms, 0.99) / quantile(quiet.ms, 0.99));
    failures += pressed.failures;
  }
  upstreams.close();
  await connections.close();
  return [
    { name: "nine tenants by themselves, p99", value: median(idle), unit: "ms" },
    { name: "beside one who wants ten times his share, p99", value: median(loaded), unit: "ms" },
    { name: "how much longer", value: median(ratios), unit: "x", spread: middleHalf(ratios), goal: "<= 2" },
    { name: "calls of the nine that failed", value: failures, unit: "calls", goal: "0" },
  ];
}

async function others(upstreams: Upstreams, module: ReturnType<typeof moduleAt>, forMs: number) {
  const ms: number[] = [];
  let failures = 0;
  const endsAt = performance.now() + forMs;
  const caller = async (tenantId: string): Promise<void> => {
    while (performance.now() < endsAt) {
      const started = performance.now();
      const sent = await upstreams.send(module, requestOf("/slow"), policyOf(tenantId));
      if (sent.ok) await sent.value.body?.readAll(10_000);
      else failures += 1;
      ms.push(performance.now() - started);
    }
  };
  const callers = Array.from({ length: 2 * OTHERS }, (_, at) => caller(`tenant-${at % OTHERS}`));
  await Promise.all(callers);
  return { ms, failures };
}

async function abuser(
  upstreams: Upstreams,
  module: ReturnType<typeof moduleAt>,
  signal: AbortSignal,
): Promise<void> {
  const caller = async (): Promise<void> => {
    while (!signal.aborted) {
      const sent = await upstreams.send(module, requestOf("/slow"), policyOf("abusive"));
      if (sent.ok) await sent.value.body?.readAll(10_000);
      else await delay(5); // turned away: he tries again soon
    }
  };
  await Promise.all(Array.from({ length: ABUSIVE_AT_ONCE }, caller));
}
