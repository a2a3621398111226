import type { Gateway } from "./platform.ts";
import { send } from "./send.ts";

/** Of a histogram's upper bounds, how many observations of all gateways lie at or under each, whatever their labels. */
export type Buckets = ReadonlyMap<number, number>;

/** Sums a histogram over gateways, as they show it now. */
export async function bucketsOf(gateways: readonly Gateway[], name: string): Promise<Buckets> {
  const sums = new Map<number, number>();
  for (const { url } of gateways) {
    const metrics = await send(false, url, { method: "GET", path: "/_/metrics" });
    const text = metrics.kind === "answered" ? metrics.text : "";
    for (const [, le = "", count] of text.matchAll(
      new RegExp(`^${name}_bucket\\{[^}]*le="([^"]+)"[^}]*\\} (\\d+)$`, "gm"),
    )) {
      const bound = le === "+Inf" ? Infinity : Number(le);
      sums.set(bound, (sums.get(bound) ?? 0) + Number(count));
    }
  }
  return sums;
}

/** The least bound under which 99 in 100 of the observations between two looks lie, in milliseconds. */
export function p99Between(before: Buckets, after: Buckets): number {
  const since = new Map([...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]));
  const all = since.get(Infinity) ?? 0;
  const bounds = [...since.keys()].toSorted((one, other) => one - other);
  return (bounds.find((bound) => (since.get(bound) ?? 0) >= 0.99 * all) ?? Number.NaN) * 1000;
}
