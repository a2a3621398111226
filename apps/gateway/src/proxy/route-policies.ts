// route-policies.ts runs for every request: one look-up for modules that declare nothing, which are nearly all.
import type { ModuleDescriptor } from "@octavo/descriptor";
import { isJsonObject } from "@octavo/json";
import type { Route } from "@octavo/routing";
import type { RoutePolicy } from "@octavo/upstream";

const LONGEST_MS = 3_600_000;

/** What a tenant's calls are bound by, by route. A descriptor may give routes that work for long a longer wait for the head of
 * their answer: `metadata.octavo.firstByteMs: {"POST /path/{id}": 300000}`, in milliseconds, up to an hour. */
export class RoutePolicies {
  readonly #plain: RoutePolicy;
  readonly #own = new Map<number, RoutePolicy>();

  constructor(tenantId: string) {
    this.#plain = { tenantId, firstByteMs: null, bodyIdleMs: null, deadline: null, isRepeatable: false };
  }

  of({ module, entry }: Route, method: string): RoutePolicy {
    const limits = limitsOf(module);
    if (limits === null) return this.#plain;
    const firstByteMs = limits.get(`${method} ${entry.pathPattern ?? entry.path ?? ""}`);
    if (firstByteMs === undefined) return this.#plain;
    const known = this.#own.get(firstByteMs) ?? { ...this.#plain, firstByteMs };
    this.#own.set(firstByteMs, known);
    return known;
  }
}

const declared = new WeakMap<ModuleDescriptor, ReadonlyMap<string, number> | null>();

function limitsOf(module: ModuleDescriptor): ReadonlyMap<string, number> | null {
  if (module.metadata === null) return null;
  const known = declared.get(module);
  if (known !== undefined) return known;
  const read = readLimits(module);
  declared.set(module, read);
  return read;
}

/** What is no number of milliseconds counts as nothing: a descriptor's metadata is anybody's. */
function readLimits({ metadata }: ModuleDescriptor): ReadonlyMap<string, number> | null {
  const octavo = metadata?.get("octavo") ?? null;
  const listed = isJsonObject(octavo) ? (octavo.get("firstByteMs") ?? null) : null;
  if (!isJsonObject(listed)) return null;
  const limits = new Map<string, number>();
  for (const [route, ms] of listed) {
    if (typeof ms !== "number" || !Number.isInteger(ms)) continue;
    if (ms > 0 && ms <= LONGEST_MS) limits.set(route, ms);
  }
  return limits.size === 0 ? null : limits;
}
