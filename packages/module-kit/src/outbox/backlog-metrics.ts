import { Gauge } from "prom-client";
import type { RunningModule } from "../definition/part.ts";
import { type Backlog, readBacklog, tenantsWithEvents } from "./backlog-rows.ts";

/** Longer than this nobody who asks for metrics is kept waiting: without an answer the series are left out. */
const LONGEST_MS = 3000;

type Watched = Pick<RunningModule, "database" | "metrics" | "log">;

/** What waits to be sent, of all tenants of the module, looked at when somebody asks: each instance tells the same. */
export function backlogMetrics({ database, metrics, log }: Watched): void {
  let looking: Promise<Backlog | null> | null = null;
  const look = (): Promise<Backlog | null> =>
    (looking ??= backlogOf(database, AbortSignal.timeout(LONGEST_MS))
      .catch((error: unknown) => {
        log.debug({ err: error }, "it cannot be told how many events wait");
        return null;
      })
      .finally(() => {
        looking = null;
      }));
  const tell = (name: string, help: string, valueOf: (backlog: Backlog) => number): void => {
    const gauge = new Gauge({
      name,
      help: `${help} Of all tenants of the module, the same at each instance`,
      registers: [metrics],
      collect: async (): Promise<void> => {
        const backlog = await look();
        gauge.remove();
        if (backlog !== null) gauge.set(valueOf(backlog));
      },
    });
  };
  tell(
    "octavo_outbox_events",
    "Events that wait to be sent, of each tenant 10,000 at most.",
    ({ events }) => events,
  );
  tell(
    "octavo_outbox_oldest_seconds",
    "Since the oldest event that waits was published; 0 where none waits.",
    ({ oldestSeconds }) => oldestSeconds,
  );
}

async function backlogOf(database: Watched["database"], signal: AbortSignal): Promise<Backlog> {
  const sum = { events: 0, oldestSeconds: 0 };
  for (const tenantId of await database.home.read(tenantsWithEvents)) {
    const { events, oldestSeconds } = await database.read(
      { tenantId, work: "background", signal },
      readBacklog,
    );
    sum.events += events;
    sum.oldestSeconds = Math.max(sum.oldestSeconds, oldestSeconds);
  }
  return sum;
}
