import type { ModulePart } from "../definition/part.ts";
import { Home } from "./home.ts";
import type { TenantData } from "./tenant-data.ts";
import { tenantInterface } from "./tenant-routes.ts";
import type { TenantWorkerOptions } from "./tenant-worker.ts";

export interface TenantApiInput {
  /** Rows that it brings besides its steps. */
  readonly data?: readonly TenantData[];
  readonly timing?: Partial<TenantWorkerOptions>;
}

const TIMING: TenantWorkerOptions = {
  pollMs: 1000,
  leaseSeconds: 30,
  atOnce: 2,
  retentionMs: 6 * 3_600_000,
};

/** The tenant API 2.0 as durable jobs, and the module's home. A module with steps has it without saying so.
 *
 *     parts: [tenantApi({ data: [sampleTags] }), ...] */
export function tenantApi({ data = [], timing = {} }: TenantApiInput = {}): ModulePart {
  const homes = new Set<Home>();
  return {
    name: "tenant",
    interfaces: [
      tenantInterface({
        posted: () => {
          for (const home of homes) home.poke();
        },
        problem: async (atMostMs, signal) => {
          const problems = await Promise.all([...homes].map((home) => home.whenOpen(atMostMs, signal)));
          return problems.find((problem) => problem !== null) ?? null;
        },
        isDraining: () => [...homes].some((home) => home.isDraining),
      }),
    ],
    start: (running) => {
      const home = new Home(running, data, { ...TIMING, ...timing });
      homes.add(home);
      return async () => {
        homes.delete(home);
        await home.stop();
      };
    },
    health: () =>
      [...homes].map((home) => ({
        name: "home",
        isReady: home.problem === null,
        detail: home.problem ?? "it is there",
      })),
  };
}
