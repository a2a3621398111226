import { Connection } from "./connection.ts";
import { runTransaction } from "./carried-transaction.ts";
import type { Cluster } from "./cluster.ts";
import { configFor } from "./cluster.ts";
import { failureOf } from "./failure.ts";
import type { Place } from "./place.ts";
import {
  EXTENSION_SCHEMA,
  provisionPlace,
  restorePlace,
  trashPlace,
  trashSchemaFor,
} from "./provision-place.ts";
import type { Provisioner } from "./provisioner.ts";
import type { Statement } from "./statement.ts";
import { Name } from "./statement.ts";
import type { Transaction } from "./transaction.ts";
import { DatabaseAway } from "./module-database.ts";

const LOCK_TIMEOUT_MS = 2000;
const STATEMENT_TIMEOUT_MS = 3_600_000;

/** Each call has a connection of its own: tenant jobs are few, and none of them waits for a request's. */
export class AdminProvisioner implements Provisioner {
  readonly #clusterOf: (name: string) => Cluster;

  constructor(clusterOf: (name: string) => Cluster) {
    this.#clusterOf = clusterOf;
  }

  async provision(place: Place): Promise<void> {
    await provisionPlace(this.#clusterOf(place.cluster), place);
  }

  tx<T>(place: Place, work: (tx: Transaction) => Promise<T>, lockTimeoutMs = LOCK_TIMEOUT_MS): Promise<T> {
    const take = async () => {
      const connection = await this.#open(place);
      return { connection, giveBack: () => void connection.close() };
    };
    const preamble = {
      role: `${place.schema}_owner`,
      path: [place.schema, EXTENSION_SCHEMA],
      isReadOnly: false,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      lockTimeoutMs,
    };
    const plan = {
      tenantId: null,
      preamble,
      allowance: "schema" as const,
      signal: null,
      takesFromBudget: false,
      edition: () => 0,
      endEdition: () => undefined,
      take,
    };
    return runTransaction(plan, work);
  }

  async run(place: Place, statement: Statement): Promise<void> {
    const connection = await this.#open(place);
    try {
      await connection.send(
        `SET ROLE ${new Name(`${place.schema}_owner`).quoted}; SET search_path TO ${new Name(place.schema).quoted}, ${EXTENSION_SCHEMA}`,
      );
      await connection.query(statement, null);
    } finally {
      await connection.close();
    }
  }

  moveToTrash(place: Place): Promise<string | null> {
    return trashPlace(this.#clusterOf(place.cluster), place);
  }

  trashFor(place: Place): Promise<string> {
    return trashSchemaFor(this.#clusterOf(place.cluster), place);
  }

  restoreFromTrash(place: Place, trash: string): Promise<void> {
    return restorePlace(this.#clusterOf(place.cluster), place, trash);
  }

  async #open(place: Place): Promise<Connection> {
    try {
      return await Connection.open(configFor(this.#clusterOf(place.cluster), "admin", place.database), false);
    } catch (error) {
      if (failureOf(error) !== "away") throw error;
      throw new DatabaseAway(`the database of ${place.schema} is away`, { cause: error });
    }
  }
}
