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
  /** By kid: the public parts of the keys that tokens of tenants are signed with. */
  readonly signingKeys: ReadonlyMap<string, SigningKeyRow>;
  /** By tenant id: what ended tokens and outdated permissions. A tenant that nothing has happened to has none; that of a
   * deleted tenant stays, so that its tokens do not come to life with another tenant of this id. */
  readonly identityEpochs: ReadonlyMap<string, IdentityEpochs>;
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

/** A key that tokens of tenants are signed with, without its private part. Dates are milliseconds of the database's clock;
 * null: not yet. What they mean is said by `KeyRecord` of the tokens, which this is. */
export interface SigningKeyRow {
  readonly kid: string;
  /** The public key in base64url. */
  readonly x: string;
  /** The one tenant it signs for; null: for every tenant. */
  readonly tenantId: string | null;
  readonly publishedAt: number;
  readonly knownToAllAt: number | null;
  readonly signingAt: number | null;
  readonly supersededAt: number | null;
  readonly retiredAt: number | null;
}

/** What has happened to the users of one tenant. `serial` counts the batches: whatever was read of a user under a serial
 * that is older than `since` (the user's, or everybody's) is out of date. The object is replaced by each batch. */
export interface IdentityEpochs {
  /** Tokens that were signed under an older one have ended. */
  readonly authEpoch: number;
  readonly serial: number;
  readonly everybodySince: number;
  /** Only users that something has happened to. */
  readonly users: ReadonlyMap<string, UserEpoch>;
}

export interface UserEpoch {
  /** Tokens of the user that were signed under an older one have ended. */
  readonly epoch: number;
  readonly since: number;
  /** When it last changed, in milliseconds. */
  readonly at: number;
}
