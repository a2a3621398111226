import { AdminProvisioner } from "./admin-provisioner.ts";
import { runTransaction } from "./carried-transaction.ts";
import { type Cluster, configFor, databaseOf } from "./cluster.ts";
import { Connection } from "./connection.ts";
import { failureOf, messageOf } from "./failure.ts";
import { holdsConnection } from "./inside-transaction.ts";
import { type DatabaseContext, DatabaseAway, type ModuleDatabase } from "./module-database.ts";
import type { Place } from "./place.ts";
import { homePlace, placeOf, type Placement } from "./placement.ts";
import { Pool } from "./pool.ts";
import type { Provisioner } from "./provisioner.ts";
import type { Transaction } from "./transaction.ts";

export interface DatabasesOptions {
  /** By name; "main" is the one whose database is home to all modules, and where what no rule places is. */
  readonly clusters: Readonly<Record<string, Cluster>>;
  readonly placement?: Placement;
  /** Names of modules that demand a database of their own for each tenant. */
  readonly isolatedModules?: ReadonlySet<string>;
  /** Connections of this process to all databases together. */
  readonly budget?: number;
  /** False where a pooler in between gives another connection to each transaction and keeps no names (PgBouncer before 1.21). */
  readonly preparesStatements?: boolean;
  readonly statementTimeoutMs?: number;
}

/** All databases of a process. */
export interface Databases {
  of(moduleName: string): ModuleDatabase;
  place(tenantId: string, moduleName: string): Place;
  home(moduleName: string): Place;
  /** Null where the process has no admin URL: it runs no tenant jobs. */
  readonly provisioner: Provisioner | null;
  close(): Promise<void>;
}

const DEFAULT_BUDGET = 5;
const STATEMENT_TIMEOUT_MS = 30_000;

export async function openDatabases(options: DatabasesOptions): Promise<Databases> {
  const clusterOf = (name: string): Cluster => {
    const cluster = options.clusters[name];
    if (cluster === undefined) throw new Error(`no cluster is called "${name}"`);
    return cluster;
  };
  const main = clusterOf("main");
  const home = { cluster: "main", database: databaseOf(main.url) };
  const placement = options.placement ?? { default: home, tenants: {}, modules: {}, pairs: [] };
  const pool = new Pool(options.budget ?? DEFAULT_BUDGET, (target) => {
    const [cluster = "", database = ""] = target.split("/");
    return Connection.open(
      configFor(clusterOf(cluster), "login", database),
      options.preparesStatements ?? true,
    );
  });
  const place = (tenantId: string, moduleName: string): Place =>
    placeOf(placement, tenantId, moduleName, options.isolatedModules?.has(moduleName) ?? false);

  const transact = <T>(
    at: Place,
    context: Omit<DatabaseContext, "tenantId"> & { readonly tenantId: string | null },
    isReadOnly: boolean,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> => {
    if (holdsConnection()) {
      return Promise.reject(
        new Error(
          "a transaction within a transaction could wait for its own connection: do one after the other",
        ),
      );
    }
    const preamble = {
      role: at.schema,
      path: [at.schema],
      isReadOnly,
      statementTimeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      lockTimeoutMs: 0,
    };
    const take = () =>
      pool.take(`${at.cluster}/${at.database}`).catch((error: unknown) => {
        if (failureOf(error) !== "away") throw error;
        throw new DatabaseAway(`the database is away: ${messageOf(error)}`, { cause: error });
      });
    const plan = {
      tenantId: context.tenantId,
      preamble,
      allowance: "rows" as const,
      signal: context.signal ?? null,
      takesFromBudget: true,
      edition: () => 0,
      endEdition: () => undefined,
      take,
    };
    return runTransaction(plan, work);
  };

  const of = (moduleName: string): ModuleDatabase => {
    const atHome = homePlace(home, moduleName);
    const foreground = { tenantId: null, work: "foreground" as const };
    return {
      tx: (context, work) => transact(place(context.tenantId, moduleName), context, false, work),
      read: (context, work) => transact(place(context.tenantId, moduleName), context, true, work),
      home: {
        tx: (work) => transact(atHome, foreground, false, work),
        read: (work) => transact(atHome, foreground, true, work),
      },
    };
  };
  return {
    of,
    place,
    home: (moduleName) => homePlace(home, moduleName),
    provisioner: main.adminUrl === null ? null : new AdminProvisioner(clusterOf),
    close: () => pool.close(),
  };
}
