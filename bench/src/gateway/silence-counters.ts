import { Instance } from "@octavo/upstream";

/** As many as the load has under way, over as many instances as a module seldom has more. */
const IN_FLIGHT = 32;
const INSTANCES = 8;
const CALLS = 1_000_000;
const ROUNDS = 25;

/** What a call spends on noting that its instance owes an answer and has given it (docs/decisions/0030), in nanoseconds of
 * processor time: the same walk over the same instances with it and without it, in turns; of each the fastest round, since
 * others can only add to it. */
export function silenceCountersNs(): number {
  const instances = Array.from(
    { length: INSTANCES },
    (_, at) => new Instance(`i-${at}`, `http://127.0.0.1:${at + 1}`, { ms: 1, at: 0 }),
  );
  const fastest = { noted: Number.POSITIVE_INFINITY, unnoted: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round += 1) {
    fastest.unnoted = Math.min(fastest.unnoted, spentBy(walkUnnoted, instances));
    fastest.noted = Math.min(fastest.noted, spentBy(walkNoted, instances));
  }
  return fastest.noted - fastest.unnoted;
}

type Walk = (instances: readonly Instance[]) => number;

function spentBy(walk: Walk, instances: readonly Instance[]): number {
  const before = process.cpuUsage();
  const seen = walk(instances);
  const { user, system } = process.cpuUsage(before);
  if (Number.isNaN(seen)) throw new Error("nothing was seen"); // what is not used is not computed
  return ((user + system) * 1000) / CALLS;
}

/** Calls begin and end in turns, always as many under way. Written twice: one loop for both would call what it is given,
 * and measure that. */
function walkNoted(instances: readonly Instance[]): number {
  let seen = 0;
  for (let call = 0; call < CALLS; call += 1) {
    const now = call / 1000 + 1.5; // a double, as the clock's
    const coming = instances[call % INSTANCES];
    const going = instances[(call + INSTANCES - (IN_FLIGHT % INSTANCES)) % INSTANCES];
    if (coming === undefined || going === undefined) break;
    seen += Math.max(coming.latency.ms, now - coming.silentSince); // as the choice of an instance
    coming.owe(now);
    if (call < IN_FLIGHT) continue;
    going.settle();
    going.hear(now);
    seen += going.inFlight;
  }
  for (let left = 0; left < IN_FLIGHT; left += 1) instances[left % INSTANCES]?.settle();
  return seen;
}

function walkUnnoted(instances: readonly Instance[]): number {
  let seen = 0;
  for (let call = 0; call < CALLS; call += 1) {
    const now = call / 1000 + 1.5;
    const coming = instances[call % INSTANCES];
    const going = instances[(call + INSTANCES - (IN_FLIGHT % INSTANCES)) % INSTANCES];
    if (coming === undefined || going === undefined) break;
    seen += coming.latency.ms + now;
    if (call < IN_FLIGHT) continue;
    seen += going.inFlight;
  }
  return seen;
}
