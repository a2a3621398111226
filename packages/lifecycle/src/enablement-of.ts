import type { Snapshot } from "@octavo/registry";
import type { PlanStep } from "@octavo/resolution";

/** What a plan changes in the list of a tenant's enabled modules. */
export interface Enablement {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

/** The difference between before and after all steps, so that one revision can carry it. A module that is disabled by one
 * step and enabled by another (a reinstall names it as `id` and as `from`) ends enabled. */
export function enablementOf(steps: readonly PlanStep[]): Enablement {
  const enable = new Set<string>();
  const disable = new Set<string>();
  for (const step of steps) {
    if (step.action === "disable") {
      disable.add(step.id);
      enable.delete(step.id);
    } else if (step.action === "enable") {
      if (step.from !== null) disable.add(step.from);
      enable.add(step.id);
    }
  }
  return { enable: [...enable], disable: [...disable].filter((id) => !enable.has(id)) };
}

/** Products of which a tenant has no module any more after this: what was kept for their sake goes with them. */
export function productsGone(
  { enable, disable }: Enablement,
  { modules }: Pick<Snapshot, "modules">,
): readonly string[] {
  const productsOf = (ids: readonly string[]) => new Set(ids.flatMap((id) => modules.get(id)?.product ?? []));
  const staying = productsOf(enable);
  return [...productsOf(disable)].filter((product) => !staying.has(product));
}
