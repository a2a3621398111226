import type { KeepAliveClient } from "./keep-alive-client.ts";

/** Asks every gateway the same thing all the time, several times at once, and remembers what was still let through. */
export interface HotClients {
  /** How many calls were answered so far. */
  readonly calls: number;
  /** Goes on with this token from now on, and forgets what was answered before. */
  turnTo(token: string, path?: string): void;
  /** Resolves when each gateway has refused a call with one of these for some times in a row.
   * @returns when the last call was asked that was still let through, as `performance.now()`; null where none was */
  refusedEverywhere(statuses: readonly number[]): Promise<number | null>;
  stop(): Promise<void>;
}

const atOnce = 4;
const inARow = 50;
const givesUpAfterMs = 20_000;

interface Gateway {
  readonly client: KeepAliveClient;
  /** By status, the refusals since the last call that was let through. */
  readonly refusals: Map<number, number>;
  lastLetThroughAt: number | null;
}

export function startHotClients(clients: readonly KeepAliveClient[], tenantId: string): HotClients {
  const gateways = clients.map((client): Gateway => ({
    client,
    refusals: new Map(),
    lastLetThroughAt: null,
  }));
  let asked = { token: "", path: "/echo" };
  let calls = 0;
  const over = new AbortController();

  const ask = async (gateway: Gateway) => {
    while (!over.signal.aborted) {
      const asking = asked;
      const headers = { "X-Okapi-Tenant": tenantId, "X-Okapi-Token": asking.token };
      const askedAt = performance.now();
      const { status } = await gateway.client.call({ method: "GET", path: asking.path, headers });
      calls += 1;
      if (asking !== asked) continue;
      if (status === 200) {
        gateway.lastLetThroughAt = Math.max(askedAt, gateway.lastLetThroughAt ?? 0);
        gateway.refusals.clear();
      } else {
        gateway.refusals.set(status, (gateway.refusals.get(status) ?? 0) + 1);
      }
    }
  };
  const asking = gateways.flatMap((gateway) => Array.from({ length: atOnce }, () => ask(gateway)));
  return {
    get calls() {
      return calls;
    },
    turnTo(token, path = "/echo") {
      asked = { token, path };
      for (const gateway of gateways) {
        gateway.lastLetThroughAt = null;
        gateway.refusals.clear();
      }
    },
    async refusedEverywhere(statuses) {
      const givesUpAt = performance.now() + givesUpAfterMs;
      const isRefused = ({ refusals }: Gateway) =>
        statuses.some((status) => (refusals.get(status) ?? 0) >= inARow);
      while (!gateways.every(isRefused)) {
        if (performance.now() > givesUpAt) {
          const seen = gateways.map(({ refusals }) => JSON.stringify([...refusals]));
          throw new Error(`not refused everywhere with ${statuses.join(" or ")}: ${seen.join("; ")}`);
        }
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      const letThrough = gateways.flatMap(({ lastLetThroughAt }) => lastLetThroughAt ?? []);
      return letThrough.length === 0 ? null : Math.max(...letThrough);
    },
    async stop() {
      over.abort();
      await Promise.all(asking);
    },
  };
}
