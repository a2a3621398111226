import type { KeptVitals, Registry, RegistryEvent } from "@octavo/registry";
import { CounterFamily } from "./counter.ts";
import type { Family } from "./family.ts";
import { HistogramFamily } from "./histogram.ts";
import { readAtScrape } from "./read-at-scrape.ts";

/** Milliseconds by notification, a second by the poll, two for the barrier. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];

/** How this instance follows the state that all share. */
export class RegistryMetrics {
  readonly #events = new CounterFamily(
    "octavo_registry_events_total",
    "What happened between this instance and the database, by the kind of event",
    ["event"],
  );

  readonly #propagation = new HistogramFamily(
    "octavo_registry_propagation_seconds",
    "From when another instance wrote a change until this one serves it, by the database's clock",
    [],
    SECONDS,
  );
  readonly #barrier = new HistogramFamily(
    "octavo_registry_barrier_seconds",
    "How long writes waited until every live instance had them. outcome: all, missing, or unknown without the database",
    ["outcome"],
    SECONDS,
  );

  note(event: RegistryEvent): void {
    this.#events.of(event.kind).add();
    if (event.kind === "applied") this.#propagation.of().observe(event.afterMs / 1000);
    if (event.kind === "settled") {
      const outcome = event.missing === null ? "unknown" : event.missing === 0 ? "all" : "missing";
      this.#barrier.of(outcome).observe(event.waitedMs / 1000);
    }
  }

  /** Of a process that follows another one, which follows the database. */
  replicaFamilies(registry: Pick<Registry, "snapshot">): readonly Family[] {
    return [
      this.#events,
      readAtScrape(
        "gauge",
        "octavo_registry_revision",
        "Newest revision of the state that this process has applied",
        () => registry.snapshot.revision,
      ),
    ];
  }

  /** Of an instance that keeps its state in a file. */
  keptFamilies(registry: Pick<Registry, "clock">, vitals: () => KeptVitals): readonly Family[] {
    return [
      readAtScrape(
        "gauge",
        "octavo_snapshot_file_revision",
        "Revision of the state in the snapshot file; absent before the first",
        () => vitals().revision,
      ),
      readAtScrape(
        "gauge",
        "octavo_snapshot_file_age_seconds",
        "Since the snapshot file was last known to be what the database holds; absent before the first",
        () => secondsSince(vitals().confirmedAtMs, registry.clock.now()),
      ),
      readAtScrape(
        "counter",
        "octavo_snapshot_file_failures_total",
        "How often the snapshot file could not be written",
        () => vitals().failures,
      ),
    ];
  }

  families(
    registry: Pick<Registry, "snapshot" | "contact" | "clock" | "instances" | "signs">,
  ): readonly Family[] {
    return [
      ...this.replicaFamilies(registry),
      this.#propagation,
      this.#barrier,
      readAtScrape(
        "gauge",
        "octavo_registry_lag_revisions",
        "How far this instance is behind the furthest of all live ones, as their heartbeats have it",
        () => lagOf(registry),
      ),
      readAtScrape(
        "gauge",
        "octavo_registry_instances",
        "Gateways with a live heartbeat, this one included",
        () => registry.instances().length,
      ),
      readAtScrape(
        "gauge",
        "octavo_registry_rewinds_open",
        "Losses of acknowledged changes that no operator has acknowledged",
        () => registry.signs.openRewinds,
      ),
      readAtScrape(
        "gauge",
        "octavo_registry_change_log_rows",
        "Changes in the log of the registry; the oldest go by OCTAVO_CHANGE_LOG_ROWS and OCTAVO_CHANGE_LOG_DAYS",
        () => registry.signs.logRows,
      ),
      readAtScrape("gauge", "octavo_registry_up", "1 where the last look at the database succeeded", () =>
        registry.contact.isUp ? 1 : 0,
      ),
      readAtScrape("gauge", "octavo_registry_following", "0 where changes cannot be applied any more", () =>
        registry.contact.stoppedBecause === null ? 1 : 0,
      ),
      readAtScrape(
        "gauge",
        "octavo_registry_contact_age_seconds",
        "Since the last look at the database that succeeded; absent before the first",
        () => contactAge(registry),
      ),
    ];
  }
}

function secondsSince(atMs: number | null, nowMs: number): number | null {
  return atMs === null ? null : Math.max(0, nowMs - atMs) / 1000;
}

function lagOf(registry: Pick<Registry, "snapshot" | "instances">): number {
  const furthest = registry
    .instances()
    .reduce((most, { appliedRevision }) => Math.max(most, appliedRevision), 0);
  return Math.max(0, furthest - registry.snapshot.revision);
}

function contactAge({ contact, clock }: Pick<Registry, "contact" | "clock">): number | null {
  return secondsSince(contact.lastAt === null ? null : Date.parse(contact.lastAt), clock.now());
}
