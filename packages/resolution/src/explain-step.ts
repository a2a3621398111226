import type { PlanStep, Reason } from "./plan.ts";

/** Why a step is there, as one sentence without its subject: "required by mod-orders-12.8.10 for interface finance.orders 1.0". */
export function explainStep(step: PlanStep): string {
  return explainReason(step.reason);
}

export function explainReason(reason: Reason): string {
  switch (reason.kind) {
    case "asked-for":
      return "asked for";
    case "newest-known":
      return "the newest known version";
    case "required":
      return `required by ${reason.by} for interface ${reason.interface} ${reason.version}`;
    case "replaced":
      return `replaced by ${reason.by}, which provides interface ${reason.interface}`;
    case "provided-twice":
      return `interface ${reason.interface} is provided by ${reason.keeps}, and only one module may provide it`;
    case "fits-provider":
      return `moves to a version that gets on with interface ${reason.interface} ${reason.version} of ${reason.provider}`;
    case "requirement-gone":
      return `interface ${reason.interface} ${reason.version}, which it requires, is no longer provided`;
    default: // "incompatible": another kind would not have these fields and would not compile
      return (
        `needs interface ${reason.interface} ${reason.version}, but ${reason.provider} has ${reason.has}, ` +
        "and no known version of it gets on with that"
      );
  }
}
