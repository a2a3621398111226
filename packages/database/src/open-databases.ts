import { AdminConnections } from "./admin-connections.ts";
import { AdminProvisioner } from "./admin-provisioner.ts";
import { type TransactionPlan, runTransaction } from "./carried-transaction.ts";
import { type Cluster, identityOf } from "./cluster.ts";
import { Editions } from "./editions.ts";
import { failureOf } from "./failure.ts";
import { holdsConnection } from "./inside-transaction.ts";
import { DatabaseAway, type DatabaseContext, type ModuleDatabase } from "./module-database.ts";
import type { Place } from "./place.ts";
import { homePlace, type Placement, placeOf } from "./placement.ts";
import { Pool } from "./pool.ts";
import { defaultLimits, type PoolGauges, type PoolLimits } from "./pool-decisions.ts";
import { Primary } from "./primary.ts";
import type { AdminCluster } from "./provision-place.ts";
import type { Provisioner } from "./provisioner.ts";
import { Reservation, type ReservationState } from "./reservation.ts";
import type { Transaction } from "./transaction.ts";

export interface DatabasesOptions {
  /** By name; "main" is the one whose database is home to all modules, and where what no rule places is. */
  readonly clusters: Readonly<Record<string, Cluster>>;
  readonly placement?: Placement;
  /** Names of modules that demand a database of their own for each tenant. */
  readonly isolatedModules?: ReadonlySet<string>;
  /** Connections of this process to all databases together (5). */
  readonly budget?: number;
  /** Whether each cluster is asked first if the budget fits, and told of it (true); false behind a pooler that has a bound of its own. */
  readonly reserves?: boolean;
  /** Of this process, in the table of reservations. */
  readonly processName?: string;
  /** False where a pooler in between gives another connection to each transaction and keeps no names (PgBouncer before 1.21). */
  readonly preparesStatements?: boolean;
  /** Longest time of one statement (30 s). */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a connection (2 s; in the background 30 s). */
  readonly waitMs?: number;
  readonly backgroundWaitMs?: number;
  /** Told once of each thing that a server does not allow, so that tenants are less well separated there. */
  readonly onWarning?: (sentence: string) => void;
  /** From 0 up to 1: how the pauses before another attempt at changing the cluster's roles are spread. */
  readonly random?: () => number;
  /** Other bounds than the usual ones. */
  readonly limits?: Partial<PoolLimits>;
}

/** All databases of a process. */
export interface Databases {
  of(moduleName: string): ModuleDatabase;
  place(tenantId: string, moduleName: string): Place;
  home(moduleName: string): Place;
  /** Null where the process has no admin URL: it runs no tenant jobs. */
  readonly provisioner: Provisioner | null;
  /** Connections of the budget as they are now. */
  readonly gauges: PoolGauges;
  readonly budget: number;
  /** Of each cluster; [] where nothing is reserved: behind a pooler, or before anything is provisioned. */
  readonly reservations: readonly ReservationState[];
  /** Gives all connections back and the reservation with them; what still runs is cut. */
  close(): Promise<void>;
}

/** A context, or the same for home, which is no tenant's. */
type Asker = Omit<DatabaseContext, "tenantId"> & { readonly tenantId: string | null };

const DEFAULT_BUDGET = 5;
const STATEMENT_TIMEOUT_MS = 30_000;
/** A function that waits for something else keeps a connection from everybody, and its locks. */
const IDLE_TIMEOUT_MS = 60_000;
/** For the way of a server's answer, or of its sentence that the time was over. */
const ANSWER_GRACE_MS = 2000;
const WAIT_MS = 2000;
const BACKGROUND_WAIT_MS = 30_000;
const WAITING_PER_CONNECTION = 200;
/** Places that are not worked out again; who sends nonsense as a tenant does not fill the memory. */
const MAX_KNOWN = 5000;

/** A database that is away now is no reason not to start.
 * @throws BudgetRefused where the connections do not fit */
export async function openDatabases(options: DatabasesOptions): Promise<Databases> {
  const databases = new OpenDatabases(options);
  try {
    if (options.reserves ?? true) await databases.reserve();
    return databases;
  } catch (error) {
    await databases.close();
    throw error;
  }
}

class OpenDatabases implements Databases {
  readonly provisioner: AdminProvisioner | null;
  readonly #options: DatabasesOptions;
  readonly #home: { readonly cluster: string; readonly database: string };
  readonly #placement: Placement;
  readonly #primaries: ReadonlyMap<string, Primary>;
  readonly #pool: Pool;
  readonly #editions = new Editions();
  #reservations: readonly { readonly cluster: string; readonly reservation: Reservation }[] = [];

  constructor(options: DatabasesOptions) {
    this.#options = options;
    const main = named(options.clusters, "main");
    this.#home = { cluster: "main", database: identityOf(main.url).database };
    this.#placement = options.placement ?? { default: this.#home, tenants: {}, modules: {}, pairs: [] };
    this.#primaries = new Map(
      Object.entries(options.clusters).map(([name, { url }]) => [name, new Primary(url)]),
    );
    this.#pool = this.#createPool();
    const { clusters, onWarning = () => undefined, random = Math.random } = options;
    this.provisioner =
      main.adminUrl === null ? null : new AdminProvisioner(adminClusters(clusters, random), onWarning);
  }

  get #statementTimeoutMs(): number {
    return this.#options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  }

  get gauges(): PoolGauges {
    return this.#pool.gauges;
  }

  get budget(): number {
    return this.#options.budget ?? DEFAULT_BUDGET;
  }

  get reservations(): readonly ReservationState[] {
    return this.#reservations.flatMap(({ cluster, reservation }) => reservation.state(cluster) ?? []);
  }

  of(moduleName: string): ModuleDatabase {
    const atHome = this.home(moduleName);
    const known = new Map<string, Place>();
    const placeFor = (tenantId: string): Place => {
      const place = known.get(tenantId) ?? this.place(tenantId, moduleName);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(tenantId, place);
      return place;
    };
    const context = { tenantId: null, work: "foreground" as const };
    return {
      tx: async (context, work) => this.#run(placeFor(context.tenantId), context, false, work),
      read: async (context, work) => this.#run(placeFor(context.tenantId), context, true, work),
      home: {
        tx: (work) => this.#run(atHome, context, false, work),
        read: (work) => this.#run(atHome, context, true, work),
      },
    };
  }

  place(tenantId: string, moduleName: string): Place {
    return placeOf(
      this.#placement,
      tenantId,
      moduleName,
      this.#options.isolatedModules?.has(moduleName) ?? false,
    );
  }

  home(moduleName: string): Place {
    return homePlace(this.#home, moduleName);
  }

  /** In each cluster, as any of its connections may be to any of them. */
  async reserve(): Promise<void> {
    const { clusters, processName = `${process.title} ${process.pid}` } = this.#options;
    this.#reservations = Object.entries(clusters).map(([cluster, { url }]) => {
      const target = targetOf({ cluster, database: identityOf(url).database });
      const take = () => this.#pool.take({ tenant: "", target, isBackground: false, signal: null });
      return { cluster, reservation: new Reservation(processName, this.budget, take) };
    });
    try {
      await this.provisioner?.prepare("main");
      for (const { reservation } of this.#reservations) await reservation.open();
    } catch (error) {
      const isAway = error instanceof DatabaseAway || failureOf(error) === "away";
      if (!isAway) throw error; // then each request answers for it, and the budget is reserved when the database is back
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#reservations.map(({ reservation }) => reservation.close()));
    await this.#pool.close();
    await this.provisioner?.close();
  }

  #createPool(): Pool {
    const { preparesStatements = true, limits } = this.#options;
    return new Pool({
      ...defaultLimits,
      budget: this.budget,
      maxWaiting: this.budget * WAITING_PER_CONNECTION,
      ...limits,
      waitMs: this.#options.waitMs ?? WAIT_MS,
      backgroundWaitMs: this.#options.backgroundWaitMs ?? BACKGROUND_WAIT_MS,
      now: () => performance.now(),
      open: (target) => {
        const slash = target.indexOf("/"); // the name of a cluster has none
        const cluster = target.slice(0, slash);
        const database = target.slice(slash + 1);
        const primary = this.#primaries.get(cluster);
        if (primary === undefined) throw new Error(`no cluster is called "${cluster}"`);
        return primary.connect(database, {
          prepares: preparesStatements,
          answerMs: this.#statementTimeoutMs + ANSWER_GRACE_MS,
        });
      },
    });
  }

  async #run<T>(
    place: Place,
    asker: Asker,
    isReadOnly: boolean,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    if (holdsConnection()) {
      throw new Error(
        "a transaction within a transaction could wait for its own connection: run one after the other",
      );
    }
    return runTransaction(this.#plan(place, asker, isReadOnly), work);
  }

  #plan(place: Place, { tenantId, work, signal, remainingMs }: Asker, isReadOnly: boolean): TransactionPlan {
    const target = targetOf(place);
    const asking = {
      tenant: tenantId ?? "",
      target,
      isBackground: work === "background",
      signal: signal ?? null,
    };
    return {
      tenantId,
      preamble: {
        role: place.schema,
        path: [place.schema],
        isReadOnly,
        statementTimeoutMs: Math.max(1, Math.min(this.#statementTimeoutMs, remainingMs?.() ?? Infinity)),
        lockTimeoutMs: 0,
        idleTimeoutMs: IDLE_TIMEOUT_MS,
      },
      allowance: "rows",
      signal: signal ?? null,
      takesFromBudget: true,
      take: () => this.#pool.take(asking),
      edition: () => this.#editions.of(place),
      endEdition: () => this.#editions.end(place),
      lostServer: () => this.#pool.distrust((other) => other.startsWith(`${place.cluster}/`)),
    };
  }
}

function targetOf({ cluster, database }: { readonly cluster: string; readonly database: string }): string {
  return `${cluster}/${database}`;
}

/** Those of which it is known who may make schemas. */
function adminClusters(
  clusters: Readonly<Record<string, Cluster>>,
  random: () => number,
): ReadonlyMap<string, AdminCluster> {
  return new Map(
    Object.entries(clusters).flatMap(([name, { url, adminUrl }]) => {
      if (adminUrl === null) return [];
      const connections = new AdminConnections(new Primary(adminUrl));
      return [[name, { connections, ownDatabase: identityOf(url).database, loginUrl: url, random }]];
    }),
  );
}

function named(clusters: Readonly<Record<string, Cluster>>, name: string): Cluster {
  const cluster = clusters[name];
  if (cluster === undefined) throw new Error(`no cluster is called "${name}"`);
  return cluster;
}
