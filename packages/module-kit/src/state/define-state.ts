import { type ReadTransaction, type Sql, type Transaction, sql } from "@octavo/database";
import { assert, err, ok, type Result } from "@octavo/result";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { holdsLease, type Lease } from "./lease.ts";
import type { StateRefusal } from "./state-refusal.ts";

/** A namespace of the state store: small things that are needed for a while by whichever instance comes next. */
export interface StateInput<Schema extends TSchema> {
  readonly name: string;
  /** What a value is. Values that an earlier version wrote must fit too. */
  readonly value: Schema;
  /** For how long an entry is kept where nobody says less; at most 30 days. */
  readonly ttlSeconds: number;
  /** Of one tenant. As many writes as run at the same time may exceed it. */
  readonly mostEntries: number;
  /** Of one value as JSON; at most 65,536, and that without it. */
  readonly mostBytes?: number;
}

export interface StateEntry<Value> {
  readonly value: Value;
  /** Another one after each write. */
  readonly etag: string;
  readonly owner: string | null;
}

export interface WriteOptions {
  /** Less than what the namespace says. */
  readonly ttlSeconds?: number;
  /** The etag that it must have. */
  readonly ifMatch?: string;
  /** It must not be there. */
  readonly ifNoneMatch?: boolean;
  /** Whose it is: a user's id, say. */
  readonly owner?: string;
  /** Refused where this lease was lost; otherwise nobody can take it before the transaction ends. */
  readonly lease?: Lease;
}

const LONGEST_TTL_SECONDS = 30 * 86_400;
const MOST_BYTES = 65_536;

/** States a namespace; it is used within the transactions of its module, so that an entry and the module's rows are written together or
 * not at all.
 *
 *     const drafts = defineState({ name: "drafts", value: Draft, ttlSeconds: 3600, mostEntries: 1000 });
 *     await db.tx((tx) => drafts.put(tx, draftId, draft)); */
export function defineState<Schema extends TSchema>(input: StateInput<Schema>): State<Static<Schema>> {
  const { ttlSeconds, mostEntries, mostBytes = MOST_BYTES, name } = input;
  assert(ttlSeconds > 0 && ttlSeconds <= LONGEST_TTL_SECONDS, `state ${name}: kept for at most 30 days`);
  assert(mostEntries > 0, `state ${name}: has a bound of entries`);
  assert(mostBytes > 0 && mostBytes <= MOST_BYTES, `state ${name}: a value has at most 64 KiB`);
  const check = (value: unknown): Static<Schema> => {
    if (Value.Check(input.value, value)) return value;
    const [first] = Value.Errors(input.value, value);
    throw new Error(
      `state ${name}: a value is not what the namespace says: ${first?.message ?? "it does not fit"}`,
    );
  };
  return new State(name, check, { ttlSeconds, mostEntries, mostBytes });
}

interface Bounds {
  readonly ttlSeconds: number;
  readonly mostEntries: number;
  readonly mostBytes: number;
}

export class State<Value> {
  readonly name: string;
  readonly #check: (value: unknown) => Value;
  readonly #bounds: Bounds;

  constructor(name: string, check: (value: unknown) => Value, bounds: Bounds) {
    this.name = name;
    this.#check = check;
    this.#bounds = bounds;
  }

  /** @throws where what is kept is not what the namespace says */
  async get(tx: ReadTransaction, key: string): Promise<StateEntry<Value> | null> {
    return this.#read(tx, key, sql``);
  }

  /** Writes an entry, whatever was there, or under a condition.
   * @returns its etag */
  async put(
    tx: Transaction,
    key: string,
    value: Value,
    options: WriteOptions = {},
  ): Promise<Result<string, StateRefusal>> {
    const text = JSON.stringify(this.#check(value));
    const sizeBytes = Buffer.byteLength(text);
    const { mostBytes } = this.#bounds;
    if (sizeBytes > mostBytes) return err({ kind: "too-large", key, sizeBytes, mostBytes });
    if (options.lease !== undefined && !(await holdsLease(tx, options.lease))) {
      return err({ kind: "late", lease: options.lease.name });
    }
    const etag =
      options.ifMatch === undefined
        ? await this.#insert(tx, key, text, options)
        : await this.#replace(tx, key, text, options, options.ifMatch);
    return etag === null ? err(await this.#reason(tx, key, options)) : ok(etag);
  }

  /** Reads an entry, locks it until the transaction ends, and writes what `change` makes of it. Nobody else's write is lost.
   * @param change null where there is none */
  async update(
    tx: Transaction,
    key: string,
    change: (value: Value | null) => Value,
    options: Omit<WriteOptions, "ifMatch" | "ifNoneMatch"> = {},
  ): Promise<Result<Value, StateRefusal>> {
    for (;;) {
      const found = await this.#read(tx, key, sql`for update`);
      const value = change(found?.value ?? null);
      const condition = found === null ? { ifNoneMatch: true } : { ifMatch: found.etag };
      const written = await this.put(tx, key, value, { ...options, ...condition });
      if (written.ok) return ok(value);
      // Somebody else wrote the first entry meanwhile: it is there to be locked now.
      if (written.error.kind !== "exists") return written;
    }
  }

  /** @returns false where there was none, or none with this etag */
  async delete(tx: Transaction, key: string, ifMatch: string | null = null): Promise<boolean> {
    const gone = await tx.row<{ was_kept: boolean }>(
      sql`delete from octavo_state where namespace = ${this.name} and key = ${key}
          and (${ifMatch}::uuid is null or etag = ${ifMatch}::uuid)
          returning expires_at > clock_timestamp() as was_kept`,
    );
    return gone?.was_kept ?? false;
  }

  async #read(tx: ReadTransaction, key: string, lock: Sql): Promise<StateEntry<Value> | null> {
    const row = await tx.row<{ value: unknown; etag: string; owner: string | null }>(
      sql`select value, etag, owner from octavo_state
          where namespace = ${this.name} and key = ${key} and expires_at > clock_timestamp() ${lock}`,
    );
    return row === null ? null : { ...row, value: this.#check(row.value) };
  }

  async #insert(
    tx: Transaction,
    key: string,
    text: string,
    {
      ifNoneMatch = false,
      owner = null,
      ...options
    }: Omit<WriteOptions, "owner"> & { owner?: string | null },
  ): Promise<string | null> {
    const { mostEntries } = this.#bounds;
    const others = sql`select from octavo_state
      where namespace = ${this.name} and key <> ${key} and expires_at > clock_timestamp() limit ${mostEntries}`;
    const row = await tx.row<{ etag: string }>(
      sql`insert into octavo_state as kept (namespace, key, value, owner, expires_at)
          select ${this.name}, ${key}, ${text}::jsonb, ${owner}::text, ${this.#until(options)}
          where (select count(*) from (${others}) as others) < ${mostEntries}
          on conflict (namespace, key) do update
            set value = excluded.value, etag = excluded.etag, owner = excluded.owner, expires_at = excluded.expires_at
            where not ${ifNoneMatch}::boolean or kept.expires_at <= clock_timestamp()
          returning etag`,
    );
    return row?.etag ?? null;
  }

  async #replace(
    tx: Transaction,
    key: string,
    text: string,
    options: WriteOptions,
    etag: string,
  ): Promise<string | null> {
    const row = await tx.row<{ etag: string }>(
      sql`update octavo_state set value = ${text}::jsonb, etag = gen_random_uuid(),
            owner = coalesce(${options.owner ?? null}::text, owner), expires_at = ${this.#until(options)}
          where namespace = ${this.name} and key = ${key} and etag::text = ${etag} and expires_at > clock_timestamp()
          returning etag`,
    );
    return row?.etag ?? null;
  }

  #until({ ttlSeconds = this.#bounds.ttlSeconds }: WriteOptions): Sql {
    const seconds = Math.min(ttlSeconds, this.#bounds.ttlSeconds);
    return sql`clock_timestamp() + make_interval(secs => ${seconds}::float8)`;
  }

  async #reason(tx: Transaction, key: string, options: WriteOptions): Promise<StateRefusal> {
    if (options.ifMatch !== undefined) return { kind: "changed", key };
    if (options.ifNoneMatch === true && (await this.get(tx, key)) !== null) return { kind: "exists", key };
    return { kind: "full", namespace: this.name, mostEntries: this.#bounds.mostEntries };
  }
}
