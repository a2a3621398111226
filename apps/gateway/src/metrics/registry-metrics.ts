import type { Registry, RegistryEvent } from "@octavo/registry";
import { CounterFamily } from "./counter.ts";
import type { Family } from "./family.ts";
import { readAtScrape } from "./read-at-scrape.ts";

/** How this instance follows the state that all share. */
export class RegistryMetrics {
  readonly #events = new CounterFamily(
    "octavo_registry_events_total",
    "What happened between this instance and the database, by the kind of event",
    ["event"],
  );

  note({ kind }: RegistryEvent): void {
    this.#events.of(kind).add();
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

  families(
    registry: Pick<Registry, "snapshot" | "contact" | "clock" | "instances" | "signs">,
  ): readonly Family[] {
    return [
      ...this.replicaFamilies(registry),
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

function lagOf(registry: Pick<Registry, "snapshot" | "instances">): number {
  const furthest = registry
    .instances()
    .reduce((most, { appliedRevision }) => Math.max(most, appliedRevision), 0);
  return Math.max(0, furthest - registry.snapshot.revision);
}

function contactAge({ contact, clock }: Pick<Registry, "contact" | "clock">): number | null {
  return contact.lastAt === null ? null : Math.max(0, clock.now() - Date.parse(contact.lastAt)) / 1000;
}
