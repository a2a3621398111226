import { runTransaction } from "./carried-transaction.ts";
import { makeTrashFor, moveToTrash, restoreFromTrash } from "./move-to-trash.ts";
import type { Place } from "./place.ts";
import { withdrawLogin } from "./withdraw-login.ts";
import { sessionText } from "./preamble.ts";
import { type AdminCluster, EXTENSION_SCHEMA, prepareCluster, provisionPlace } from "./provision-place.ts";
import type { Provisioner } from "./provisioner.ts";
import type { Statement } from "./statement.ts";
import type { Transaction } from "./transaction.ts";

const LOCK_TIMEOUT_MS = 2000;
/** A step of a migration may build for long; what waits for locks does not. */
const STATEMENT_TIMEOUT_MS = 3_600_000;

/** Each call has a connection of its own: tenant jobs are few, and none of them waits for a request's. */
export class AdminProvisioner implements Provisioner {
  readonly #clusters: ReadonlyMap<string, AdminCluster>;
  readonly #onWarning: (sentence: string) => void;
  readonly #warned = new Set<string>();

  constructor(clusters: ReadonlyMap<string, AdminCluster>, onWarning: (sentence: string) => void) {
    this.#clusters = clusters;
    this.#onWarning = onWarning;
  }

  async provision(place: Place): Promise<readonly string[]> {
    const warnings = await provisionPlace(this.#clusterOf(place.cluster), place);
    for (const warning of warnings) {
      if (!this.#warned.has(warning)) this.#onWarning(warning);
      this.#warned.add(warning);
    }
    return warnings;
  }

  moveToTrash(place: Place): Promise<string | null> {
    return moveToTrash(this.#clusterOf(place.cluster), place);
  }

  withdraw(place: Place): Promise<void> {
    return withdrawLogin(this.#clusterOf(place.cluster), place);
  }

  trashFor(place: Place): Promise<string> {
    return makeTrashFor(this.#clusterOf(place.cluster), place);
  }

  restoreFromTrash(place: Place, trash: string): Promise<void> {
    return restoreFromTrash(this.#clusterOf(place.cluster), place, trash);
  }

  /** What a process needs before anything is provisioned: its login, and the table of reservations. */
  prepare(cluster: string): Promise<void> {
    return prepareCluster(this.#clusterOf(cluster));
  }

  tx<T>(
    place: Place,
    work: (tx: Transaction) => Promise<T>,
    lockTimeoutMs: number = LOCK_TIMEOUT_MS,
  ): Promise<T> {
    const { connections } = this.#clusterOf(place.cluster);
    return runTransaction(
      {
        tenantId: null,
        preamble: {
          ...ownerOf(place),
          isReadOnly: false,
          statementTimeoutMs: STATEMENT_TIMEOUT_MS,
          lockTimeoutMs,
          idleTimeoutMs: 0,
        },
        allowance: "schema",
        signal: null,
        takesFromBudget: false,
        take: () => connections.take(place.database),
        edition: () => 0,
        endEdition: () => undefined,
        lostServer: () => void connections.close(),
      },
      work,
    );
  }

  async run(place: Place, statement: Statement): Promise<void> {
    const { role, path } = ownerOf(place);
    await this.#clusterOf(place.cluster).connections.with(place.database, async (connection) => {
      await connection.send(sessionText(role, path));
      await connection.query(statement, null);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clusters.values()].map(({ connections }) => connections.close()));
  }

  #clusterOf(name: string): AdminCluster {
    const cluster = this.#clusters.get(name);
    if (cluster === undefined)
      throw new Error(`the cluster "${name}" has no adminUrl, with which schemas are made`);
    return cluster;
  }
}

/** Extensions come after the schema, so that a migration names what they bring without a schema. */
function ownerOf({ schema }: Place): { readonly role: string; readonly path: readonly string[] } {
  return { role: `${schema}_owner`, path: [schema, EXTENSION_SCHEMA] };
}
