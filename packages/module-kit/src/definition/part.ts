import type { ModuleDatabase, Place, Provisioner } from "@octavo/database";
import type { ObjectStore } from "@octavo/object-store";
import type { Registry } from "prom-client";
import type { ReadRefusal } from "../http/refusal.ts";
import type { KafkaPlace } from "../outbox/kafka/kafka-place.ts";
import type { Retention } from "../tenant/retention.ts";
import type { InterfaceDefinition } from "./interface.ts";
import type { Log } from "./log.ts";
import type { ModuleFacts } from "./module-facts.ts";
import type { Step } from "@octavo/migrations";
import type { TimerDefinition } from "./timer.ts";

/** A piece that a room adds to a module without the module's other parts knowing of it: jobs bring a table and a loop, the tenant API an
 * interface, a collection its table and how its constraints are told. A plain value; `start` is the only thing that acts.
 *
 *     parts: [jobs({ "tags.export": exportTags }), collectionOf(tags)] */
export interface ModulePart {
  /** In messages: "jobs", "collection tags". */
  readonly name: string;
  /** Besides those that the module states; an id must be new. */
  readonly interfaces?: readonly InterfaceDefinition[];
  readonly timers?: readonly TimerDefinition[];
  /** Run for each tenant, in the order of the parts, before the module's own. Ids must be new. */
  readonly steps?: readonly Step[];
  /** Parts that it stands on: each comes before it, unless the module has one of that name already. */
  readonly needs?: readonly ModulePart[];
  /** The module tells gateways of each change to users or their permissions: they may keep what it says of them. */
  readonly pushesIdentity?: boolean;
  /** Asked in the order of the parts what an error means that a handler threw; the first that knows answers. */
  readonly refusals?: readonly ReadRefusal[];
  /** Begins what runs beside requests. Called once when the module listens.
   * @returns how to end it: called after the last request, must be done when its promise is, within ten seconds */
  readonly start?: (running: RunningModule) => Stop | Promise<Stop>;
  /** What `/admin/ready` tells; asked at each call, must not wait for anything. */
  readonly health?: (running: RunningModule) => readonly HealthFact[];
}

export type Stop = () => Promise<void>;

export interface HealthFact {
  readonly name: string;
  readonly isReady: boolean;
  /** One sentence for an operator. */
  readonly detail: string;
}

/** A module as its parts see it while it runs. */
export interface RunningModule {
  readonly definition: ModuleFacts;
  /** Without OCTAVO_DB_URL each use of it is an error that says so. */
  readonly database: ModuleDatabase;
  /** Null in a process without OCTAVO_DB_ADMIN_URL: it cannot run tenant jobs. */
  readonly provisioner: Provisioner | null;
  /** Where the data of a tenant are, or are to be. */
  readonly placeOf: (tenantId: string) => Promise<Place>;
  /** Where the module's own rows are; null without OCTAVO_DB_URL. */
  readonly homePlace: Place | null;
  /** Files of all modules and tenants; null without OCTAVO_OBJECTS. */
  readonly objects: ObjectStore | null;
  /** Where the gateway is, as configured; null: where requests say that it is. */
  readonly gatewayUrl: string | null;
  /** Where events go; null: to the feed. */
  readonly kafka: KafkaPlace | null;
  /** How long what tenants no longer use is kept. */
  readonly retention: Retention;
  readonly log: Log;
  /** Of the process: what `/admin/ready` tells besides the facts of parts. */
  readonly facts: () => readonly HealthFact[];
  /** Served by `/admin/metrics`. */
  readonly metrics: Registry;
  /** Aborted when the process is told to end: no new work from then on. */
  readonly draining: AbortSignal;
}
