import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@octavo/testing/spawn-octavo";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { type BulkRun, type BulkTarget, download, upload } from "./gateway/bulk.ts";
import { cpuSeconds, LOAD_CORE, MEASURED_CORE, moveTo, whyNotMeasured } from "./gateway/cores.ts";
import { type Burst, burst } from "./gateway/load.ts";
import { type MeasuredGateway, startMeasuredGateway, TENANT } from "./gateway/measured-gateway.ts";
import { startHaproxy, startNginxProxy, startUpstream } from "./gateway/plain-proxies.ts";
import { residentMiB } from "./gateway/process-memory.ts";
import { silenceCountersNs } from "./gateway/silence-counters.ts";
import { startSignInModules } from "./gateway/sign-in-modules.ts";
import { median, middleHalf } from "./spread.ts";

/** What a routed call costs beside nginx and HAProxy as plain reverse proxies: the same upstream, the same core (the proxy
 * alone on one, load and upstream on the other), rounds in turns. A rate says what the machine gave while it was measured; the
 * processor time of a call is the steadier figure where others use the machine too. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  const reason = whyNotMeasured(["nginx", "haproxy", "wrk"]);
  if (reason !== null) {
    console.error(`SKIPPED: gateway: ${reason}`);
    return { name: "gateway", figures: [] };
  }
  moveTo(LOAD_CORE, process.pid);
  const stops: (() => unknown)[] = [];
  try {
    const targets = await startTargets(stops);
    return { name: "gateway", figures: await measure(targets, isFull) };
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

interface Target {
  readonly name: string;
  readonly url: string;
  readonly path: string;
  readonly headers: readonly string[];
  /** None: nothing stands between load and upstream. */
  readonly pids: readonly number[];
}

interface Targets {
  readonly direct: Target;
  readonly nginx: Target;
  readonly haproxy: Target;
  readonly gateway: readonly [plain: Target, filtered: Target, ...Target[]];
  readonly bulk: readonly (BulkTarget & { readonly name: string })[];
}

async function startTargets(stops: (() => unknown)[]): Promise<Targets> {
  const kept = <T extends { stop(): unknown }>(started: T): T => {
    stops.push(() => started.stop());
    return started;
  };
  const folder = temporaryFolder();
  const bulkFolder = temporaryFolder();
  stops.push(
    () => folder.remove(),
    () => bulkFolder.remove(),
  );
  const upstream = kept(await startUpstream(folder.path, LOAD_CORE));
  const bulkPort = await startBulkModule(stops);
  const nginx = kept(await startNginxProxy(folder.path, MEASURED_CORE, upstream.port));
  const haproxy = kept(await startHaproxy(folder.path, MEASURED_CORE, upstream.port));
  const bulkNginx = kept(await startNginxProxy(bulkFolder.path, MEASURED_CORE, bulkPort));
  const bulkHaproxy = kept(await startHaproxy(bulkFolder.path, MEASURED_CORE, bulkPort));
  const signIn = await startSignInModules();
  stops.push(() => signIn.close());
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const urls = { upstreamUrl: at(upstream.port), bulkUrl: at(bulkPort), signInUrl: signIn.url };
  const open = kept(await startMeasuredGateway({ mode: "open", ...urls }));
  const closed = kept(await startMeasuredGateway({ mode: "closed", ...urls }));
  const env = { OCTAVO_WORKERS: "2" };
  const workers = kept(await startMeasuredGateway({ mode: "open", ...urls, env }));
  const tenant = `X-Okapi-Tenant: ${TENANT}`;
  const token = `X-Okapi-Token: ${await signInAt(closed)}`;
  const peer = (name: string, { port, pid }: { port: number; pid: number }): Target => {
    return { name, url: at(port), path: "/bench/open/1", headers: [], pids: [pid] };
  };
  const ours = (name: string, gateway: MeasuredGateway, path: string, headers: string[]): Target => {
    return { name, url: gateway.octavo.url, path, headers, pids: gateway.pids };
  };
  return {
    direct: { ...peer("upstream itself", upstream), pids: [] },
    nginx: peer("nginx", nginx),
    haproxy: peer("HAProxy", haproxy),
    gateway: [
      ours("gateway, plain", open, "/bench/open/1", [tenant]),
      ours("gateway, one filter", open, "/bench/filtered/1", [tenant]),
      ours("gateway, permission checked", closed, "/bench/checked/1", [tenant, token]),
      ours("gateway, with module token", closed, "/bench/minted/1", [tenant, token]),
      ours("gateway, plain, two workers on the core", workers, "/bench/open/1", [tenant]),
    ],
    bulk: [
      { name: "nobody between", url: at(bulkPort), headers: {}, pid: null },
      { name: "nginx", url: at(bulkNginx.port), headers: {}, pid: bulkNginx.pid },
      { name: "HAProxy", url: at(bulkHaproxy.port), headers: {}, pid: bulkHaproxy.pid },
      {
        name: "gateway",
        url: `${open.octavo.url}/bulk`,
        headers: { "X-Okapi-Tenant": TENANT },
        pid: open.octavo.pid,
      },
    ],
  };
}

async function startBulkModule(stops: (() => unknown)[]): Promise<number> {
  const file = fileURLToPath(new URL("./gateway/bulk-module.ts", import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  stops.push(() => child.kill());
  const [line] = (await once(child.stdout, "data")) as [Buffer]; // as: no encoding is set
  return Number(line.toString().trim());
}

async function signInAt(gateway: MeasuredGateway): Promise<string> {
  const payload = { sub: "ann", user_id: "ann" };
  const signed = await gateway.call("POST", "/authn/login", { "X-Okapi-Tenant": TENANT }, { payload });
  return (JSON.parse(signed) as { accessToken: string }).accessToken; // as: what the token route answers
}

const CONNECTIONS = 32;

interface Seen extends Burst {
  /** Microseconds of processor time for one call. */
  readonly cpuUs: number;
}

async function measure(targets: Targets, isFull: boolean): Promise<readonly Figure[]> {
  const { direct, nginx, haproxy, gateway } = targets;
  const all = [direct, nginx, haproxy, ...gateway];
  const [plain, filtered] = gateway;
  const atRest = memoryOf(plain);
  // Compiled code is what is asked about.
  for (const target of gateway) await burst(at(target), { connections: CONNECTIONS, seconds: 3 });
  const seen = new Map<Target, Seen[]>();
  for (let round = 0; round < (isFull ? 9 : 3); round += 1) {
    for (const target of all) {
      seen.set(target, [...(seen.get(target) ?? []), await seenAt(target, isFull ? 4 : 2)]);
    }
  }
  const of = (target: Target): readonly Seen[] => seen.get(target) ?? [];
  return [
    ...all.flatMap((target) => rateFigures(target, of(target), target === direct ? null : of(nginx))),
    ...(await latencyFigures([direct, nginx, haproxy, ...gateway], isFull)),
    {
      name: "a filter stage: processor time of a call with one, over one without",
      value: median(of(filtered).map(({ cpuUs }) => cpuUs)) / median(of(plain).map(({ cpuUs }) => cpuUs)),
      unit: "x",
    },
    ...silenceFigures(median(of(plain).map(({ cpuUs }) => cpuUs))),
    { name: "gateway: memory at rest", value: atRest, unit: "MiB" },
    {
      name: "gateway: memory after load",
      value: memoryOf(plain),
      unit: "MiB",
    },
    ...(await bulkFigures(targets.bulk, isFull ? 3 : 1)),
  ];
}

/** @param callUs processor time of a routed call in this run, microseconds */
function silenceFigures(callUs: number): readonly Figure[] {
  const ns = silenceCountersNs();
  const share = (100 * ns) / (1000 * callUs);
  return [
    { name: "noting that an instance is silent: processor time of a call", value: ns, unit: "ns" },
    {
      name: "noting that an instance is silent: share of a plain call",
      value: share,
      unit: "%",
      goal: "<= 2 %",
    },
  ];
}

function at({ url, path, headers }: Target): { url: string; headers: readonly string[] } {
  return { url: url + path, headers };
}

function cpuOf({ pids }: Target): number {
  return pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

function memoryOf({ pids }: Target): number {
  return pids.reduce((sum, pid) => sum + residentMiB(pid), 0);
}

async function seenAt(target: Target, seconds: number): Promise<Seen> {
  const before = cpuOf(target);
  const met = await burst(at(target), { connections: CONNECTIONS, seconds });
  const used = cpuOf(target) - before;
  return { ...met, cpuUs: (used * 1e6) / (met.perSecond * seconds) };
}

/** Ratios are those of each round, so that both sides met the same machine. */
function rateFigures({ name, pids }: Target, seen: readonly Seen[], nginx: readonly Seen[] | null): Figure[] {
  const rates = seen.map(({ perSecond }) => perSecond);
  const isOurs = name.startsWith("gateway");
  const ratios = nginx?.map((peer, round) => (rates[round] ?? Number.NaN) / peer.perSecond);
  const rate: Figure = {
    name: `${name}: requests`,
    value: median(rates),
    unit: "/s",
    spread: middleHalf(rates),
    ...(ratios === undefined || name === "nginx" ? {} : { ratio: median(ratios) }),
    ...(isOurs ? { goal: "ratio >= 0.4 of nginx" } : {}),
  };
  if (pids.length === 0) return [rate];
  const cpu = seen.map(({ cpuUs }) => cpuUs);
  const peers = nginx?.map((peer, round) => peer.cpuUs / (cpu[round] ?? Number.NaN));
  return [
    rate,
    {
      name: `${name}: processor time of a call`,
      value: median(cpu),
      unit: "us",
      spread: middleHalf(cpu),
      ...(peers === undefined || name === "nginx" ? {} : { ratio: median(peers) }),
    },
  ];
}

/** On one connection, so that nobody waits for anybody: what the way through takes by itself. */
async function latencyFigures(targets: readonly Target[], isFull: boolean): Promise<Figure[]> {
  const rounds = new Map<Target, Burst[]>();
  for (let round = 0; round < (isFull ? 5 : 2); round += 1) {
    for (const target of targets) {
      const met = await burst(at(target), { connections: 1, seconds: isFull ? 2 : 1 });
      rounds.set(target, [...(rounds.get(target) ?? []), met]);
    }
  }
  const [direct] = targets;
  const of = (target: Target | undefined, key: "p50Ms" | "p99Ms"): number =>
    target === undefined ? Number.NaN : median((rounds.get(target) ?? []).map((met) => met[key]));
  return targets.slice(1).flatMap((target) =>
    (["p50Ms", "p99Ms"] as const).map((key) => ({
      name: `${target.name}: adds at ${key.slice(0, 3)}, one connection`,
      value: of(target, key) - of(direct, key),
      unit: "ms",
    })),
  );
}

async function bulkFigures(targets: Targets["bulk"], rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [way, transfer] of [
    ["down", download],
    ["up", upload],
  ] as const) {
    const seen = new Map<string, BulkRun[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const target of targets) {
        seen.set(target.name, [...(seen.get(target.name) ?? []), await transfer(target)]);
      }
    }
    const rateOf = (name: string): number => median((seen.get(name) ?? []).map((each) => each.mibPerSecond));
    for (const { name, pid } of targets) {
      const isProxy = pid !== null;
      figures.push({
        name: `1 GB ${way}, ${name}`,
        value: rateOf(name),
        unit: "MiB/s",
        ...(isProxy && name !== "nginx" ? { ratio: rateOf(name) / rateOf("nginx") } : {}),
      });
      if (!isProxy) continue;
      const growth = Math.max(...(seen.get(name) ?? []).map((each) => each.growthMiB));
      figures.push({ name: `1 GB ${way}, ${name}: memory grows by`, value: growth, unit: "MiB" });
    }
  }
  return figures;
}
