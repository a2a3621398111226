import type { EnvEntry } from "@octavo/descriptor";
import type { ModuleIndex } from "@octavo/resolution";

/** Everything an instance knows at one revision. Immutable and replaced by reference: a request keeps the one it began
 * with. */
export interface Snapshot {
  /** Grows by one with each committed write within a history. */
  readonly revision: number;
  /** Names the line of history; it changes when a database failover has lost acknowledged changes. */
  readonly history: string;
  /** Hash of the last change, chained over all before it. */
  readonly hash: string;
  /** Known modules, the internal module (okapi-...) among them. */
  readonly modules: ModuleIndex;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** By module id, instances ordered by instance id. */
  readonly discovery: ReadonlyMap<string, readonly ModuleInstance[]>;
  readonly env: ReadonlyMap<string, EnvEntry>;
  readonly operators: ReadonlyMap<string, Operator>;
}

export interface Tenant {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  /** Ids of enabled modules, ordered as Okapi orders module ids. */
  readonly enabled: readonly string[];
}

/** A running instance of a module, as discovery knows it (Okapi: DeploymentDescriptor). */
export interface ModuleInstance {
  readonly instanceId: string;
  readonly moduleId: string;
  readonly url: string | null;
  readonly nodeId: string | null;
  /** The launch descriptor as it was sent, compact JSON; null where none was. */
  readonly descriptor: string | null;
}

/** A person or program that may use the management API. Only the hash of its secret is known. */
export interface Operator {
  readonly id: string;
  readonly name: string;
  /** Names of roles, as `OperatorRole` of the management API; parsed where they are used. */
  readonly roles: readonly string[];
  /** SHA-256 of the whole token, hex: tokens are long and random, so a slow hash would add nothing. */
  readonly tokenHash: string;
  readonly createdAt: string;
}
