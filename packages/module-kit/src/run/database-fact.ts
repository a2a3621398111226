import type { Databases } from "@octavo/database";
import type { HealthFact } from "../definition/part.ts";

/** How the process is with its connections, for an operator who asks `/admin/ready`; never a reason not to be ready. */
export function databaseFact({ budget, gauges, reservations }: Databases): HealthFact {
  const { used, idle, queued, refused, retired } = gauges;
  const own = `${used} of ${budget} connections are used, ${idle} idle, ${queued} transactions wait; since the start ${refused} were refused, ${retired} connections retired`;
  const reserved = reservations.map(
    ({ cluster, reserved: mine, reservedByAll, processes, usable }) =>
      `at cluster ${cluster} ${mine} are reserved, ${reservedByAll} of ${usable} by ${processes} processes`,
  );
  const sentence = reserved.length === 0 ? ["nothing is reserved"] : reserved;
  return { name: "connections", isReady: true, detail: [own, ...sentence].join("; ") };
}
