import type { InterfaceReference, VersionFilter } from "@octavo/descriptor";
import type { Family } from "./family.ts";

export interface PlanOptions {
  /** Which versions may be newly enabled. What is enabled already stays visible, whatever its version. */
  readonly versionFilter?: VersionFilter;
  /** Plans an enable also for what is enabled already, with `from` the same id. */
  readonly reinstall?: boolean;
  /** False: the wanted modules as they are, ids completed, in the order asked for; nothing is added or taken away. */
  readonly depCheck?: boolean;
  /** Whose module is taken where several families have one and none is asked for or enabled. */
  readonly family?: Family;
  /** Interfaces of the gateway itself. They meet a requirement only where no module of the plan or of the tenant does. */
  readonly gatewayProvides?: readonly InterfaceReference[];
  /** How often the repair may change something; 0: it changes nothing and only reports. */
  readonly maxPasses?: number;
}

/** The options with every default filled in. */
export type PlanRules = Required<PlanOptions>;

export function rulesOf(options: PlanOptions): PlanRules {
  return {
    versionFilter: options.versionFilter ?? { preRelease: "true", npmSnapshot: "true" },
    reinstall: options.reinstall ?? false,
    depCheck: options.depCheck ?? true,
    family: options.family ?? "folio",
    gatewayProvides: options.gatewayProvides ?? [],
    maxPasses: options.maxPasses ?? 100,
  };
}
