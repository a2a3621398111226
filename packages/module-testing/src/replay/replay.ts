import { randomInt, randomUUID } from "node:crypto";
import type { Fleet } from "../fleet/fleet.ts";
import type { Flow } from "../flow/flow.ts";
import { type Send, transcribe, type Transcript } from "../flow/transcript.ts";
import { type Pick, randomly, roundRobin, seededRandom } from "../gateway/pick.ts";
import { sendCall } from "../gateway/send-call.ts";
import { cutting } from "./cutting.ts";
import { killingAfter } from "./killing-after.ts";

export interface ReplayOptions {
  /** How many random orders of instances. 3. */
  readonly seeds?: number;
  /** Of the first one; the others count on. Drawn where it is not given, and named in each finding. */
  readonly seed?: number;
  /** After how many requests an instance is killed, in a run of its own each; spread over the flow. All but the last one. */
  readonly kills?: number;
  /** How long `until` asks. 30 s. */
  readonly patienceMs?: number;
}

/** Where a flow went another way than with one instance. */
export interface Finding {
  readonly flow: string;
  /** "round robin", "random (seed 17)", "kill after request 2 (seed 17)", "kill during request 1 (seed 17)", "freeze during ...". */
  readonly how: string;
  /** The first lines that differ. */
  readonly withOne: string;
  readonly found: string;
}

/** Runs a flow with one instance, then with each request at another one, at random ones, with instances killed between requests, and killed and frozen in
 * the middle of requests that may be repeated. A module whose state is where it belongs answers alike each time. Each run has a tenant of its own.
 * @returns what differed; nothing when all is well */
export async function replay(
  fleet: Fleet,
  flow: Flow,
  options: ReplayOptions = {},
): Promise<readonly Finding[]> {
  const seed = options.seed ?? randomInt(1_000_000);
  const run = async (tenantId: string, { pick, wrap }: Way): Promise<Transcript> => {
    fleet.gateway.pick = pick;
    const send = wrap((request) => sendCall(fleet.gateway, tenantId, request));
    return transcribe(flow, tenantId, (request) => send(withKey(request)), options.patienceMs);
  };
  const requests: Measured[] = [];
  const withOne = await run(await fleet.newTenant(), { how: "", pick: () => 0, wrap: measuring(requests) });
  const ways = [
    ...orders(seed, options.seeds ?? 3),
    ...killsBetween(requests.length, seed, options.kills ?? Infinity),
    ...waysDuring(requests, seed),
  ].map((way) => way(fleet));
  const tenants = await Promise.all(ways.map(() => fleet.newTenant()));
  const findings: Finding[] = failuresOf(flow, withOne);
  for (const [at, way] of ways.entries()) {
    const found = await run(tenants[at] ?? "", way);
    const line = [...withOne, THE_END].findIndex((each, index) => each !== (found[index] ?? THE_END));
    if (line === -1) continue;
    const [expected = THE_END, other = THE_END] = [withOne[line], found[line]];
    findings.push({ flow: flow.name, how: way.how, withOne: expected, found: other });
  }
  return findings;
}

const THE_END = "the end";

/** One way to run a flow. */
interface Way {
  readonly how: string;
  readonly pick: Pick;
  readonly wrap: (send: Send) => Send;
}

interface Measured {
  readonly repeats: boolean;
  readonly durationMs: number;
}

type WayOf = (fleet: Fleet) => Way;

function measuring(requests: Measured[]): Way["wrap"] {
  return (send) => async (request) => {
    const begun = performance.now();
    const answer = await send(request);
    requests[request.at] = {
      repeats: request.options.repeats ?? false,
      durationMs: performance.now() - begun,
    };
    return answer;
  };
}

function orders(firstSeed: number, seeds: number): readonly WayOf[] {
  const random = Array.from({ length: seeds }, (_none, at): WayOf => () => ({
    how: `random (seed ${firstSeed + at})`,
    pick: randomly(firstSeed + at),
    wrap: (send) => send,
  }));
  return [() => ({ how: "round robin", pick: roundRobin(), wrap: (send) => send }), ...random];
}

/** One in each part of the flow; which one of it, the seed says. */
function killsBetween(requestCount: number, seed: number, most: number): readonly WayOf[] {
  const places = Math.max(0, requestCount - 1);
  const kills = Math.min(places, most);
  const random = seededRandom(seed);
  return Array.from({ length: kills }, (_none, part): WayOf => {
    const [from, to] = [Math.floor((part * places) / kills), Math.floor(((part + 1) * places) / kills)];
    const at = from + Math.floor(random() * (to - from));
    return (fleet) => ({
      how: `kill after request ${at + 1} (seed ${seed})`,
      pick: roundRobin(),
      wrap: (send) => killingAfter(fleet, at, send),
    });
  });
}

function waysDuring(requests: readonly Measured[], seed: number): readonly WayOf[] {
  const random = seededRandom(seed);
  return requests.flatMap(({ repeats, durationMs }, at) =>
    (repeats ? (["kill", "freeze"] as const) : []).map((kind): WayOf => {
      const cut = { kind, at, afterMs: durationMs * (0.2 + 0.6 * random()) };
      const how = `${kind} during request ${at + 1} (seed ${seed})`;
      return (fleet) => ({ how, pick: roundRobin(), wrap: (send) => cutting(fleet, cut, send) });
    }),
  );
}

/** A request that fails for one instance alone says nothing by failing the same way for three. */
function failuresOf(flow: Flow, withOne: Transcript): Finding[] {
  const failed = withOne.find((line) => / -> 5\d\d /u.test(line) || line.startsWith("the flow ended"));
  if (failed === undefined) return [];
  return [{ flow: flow.name, how: "one instance", withOne: "no failure", found: failed }];
}

function withKey(request: Parameters<Send>[0]): Parameters<Send>[0] {
  if (request.options.repeats !== true || request.options.headers?.["idempotency-key"] !== undefined)
    return request;
  const headers = { ...request.options.headers, "idempotency-key": randomUUID() };
  return { ...request, options: { ...request.options, headers } };
}
