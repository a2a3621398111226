/** Peak-EWMA: what an instance's answers take, raised at once by a slow one, forgotten slowly. Without news it falls, so that
 * an instance that was slow is tried again. */
export interface Latency {
  readonly ms: number;
  readonly at: number;
}

/** Below this, latencies are taken for equal: the requests in flight shall decide. */
const FLOOR_MS = 0.5;

export function latencyAt(latency: Latency, now: number, decayMs: number): number {
  const age = Math.max(0, now - latency.at);
  return Math.max(FLOOR_MS, latency.ms * Math.exp(-age / decayMs));
}

export function latencyAfter(latency: Latency, observedMs: number, now: number, decayMs: number): Latency {
  const age = Math.max(0, now - latency.at);
  const weight = Math.exp(-age / decayMs);
  const ms = observedMs >= latency.ms ? observedMs : latency.ms * weight + observedMs * (1 - weight);
  return { ms, at: Math.max(now, latency.at) };
}
