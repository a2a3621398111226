import { setTimeout as delay } from "node:timers/promises";
import type { ModuleClient } from "../hosting/module-client.ts";
import { quantile } from "../spread.ts";
import { barcode, instanceId, ITEMS } from "./library.ts";

const EVERY_MS = 20;

/** Reads at an even pace until `end` is called, whatever else the module does: an item by its barcode and an instance in turns.
 * @param items how many there are at the least
 * @returns milliseconds that each took */
export function steadyReads(
  client: ModuleClient,
  items: number,
): { readonly end: () => Promise<readonly number[]> } {
  const taken: number[] = [];
  const ending = new AbortController();
  const loop = async (): Promise<void> => {
    const underWay = new Set<Promise<void>>();
    for (let n = 0; !ending.signal.aborted; n += 1) {
      const read = timed(client, pathOf((n * 7919) % items, n), taken).finally(() => underWay.delete(read));
      underWay.add(read);
      await delay(EVERY_MS);
    }
    await Promise.all(underWay);
  };
  const ended = loop();
  return {
    end: async () => {
      ending.abort();
      await ended;
      return taken;
    },
  };
}

export function p99(times: readonly number[]): number {
  return quantile(times, 0.99);
}

function pathOf(at: number, n: number): string {
  if (n % 2 === 0) return `/item-storage/items?query=${encodeURIComponent(`barcode=="${barcode(at)}"`)}`;
  return `/instance-storage/instances/${instanceId(Math.floor(at / ITEMS))}`;
}

async function timed(client: ModuleClient, path: string, taken: number[]): Promise<void> {
  const startedAt = performance.now();
  await client.call("GET", path);
  taken.push(performance.now() - startedAt);
}
