import type { Registry, RegistryView, SigningKeyRow, Snapshot } from "@octavo/registry";
import { assert, err, ok, type Result } from "@octavo/result";
import {
  type SigningKey,
  type SignWith,
  unwrapKey,
  type VerificationKeys,
  type VerifyWith,
  verifyWith,
} from "@octavo/tokens";
import { ensureSigningKey } from "./first-signing-key.ts";
import { type IdentityRows, identityRowsIn } from "./identity-rows.ts";

/** The keys of this instance: those of the snapshot to verify with, and the one that signs. Their private parts are read
 * from the database once each, from the moment that a key is published, so that it is there when the key begins to sign;
 * until then the one before it goes on. */
export class SigningKeys {
  readonly #registry: RegistryView;
  readonly #stored: IdentityRows;
  readonly #octavoKey: Uint8Array;
  readonly #onProblem: (because: string) => void;
  readonly #private = new Map<string, SigningKey>();
  #rows: Snapshot["signingKeys"] | null = null;
  #verification: VerificationKeys = new Map();
  #signer: SigningKey | null = null;
  #loading: Promise<Result<void, string>> | null = null;
  readonly #stops: readonly (() => void)[];

  private constructor(
    registry: RegistryView,
    stored: IdentityRows,
    octavoKey: Uint8Array,
    onProblem: (because: string) => void,
  ) {
    this.#registry = registry;
    this.#stored = stored;
    this.#octavoKey = octavoKey;
    this.#onProblem = onProblem;
    this.#stops = [registry.onSnapshot(() => this.#follow()), registry.onRows(() => this.#follow())];
  }

  /** Makes the first key where there is none.
   * @param stored where the private parts are
   * @param octavoKey 32 bytes that wrap the private parts (DECISIONS 8)
   * @param onProblem a key that this instance cannot open, found after the start
   * @returns as the error, why the gateway must not start: above all, that OCTAVO_KEY is another one */
  static async open(
    registry: Registry,
    octavoKey: Uint8Array,
    onProblem: (because: string) => void,
    stored: IdentityRows = identityRowsIn(registry),
  ): Promise<Result<SigningKeys, string>> {
    const ensured = await ensureSigningKey(registry, octavoKey);
    return ensured.ok ? SigningKeys.follow(registry, stored, octavoKey, onProblem) : ensured;
  }

  /** As `open`, where there is a key already. */
  static async follow(
    registry: RegistryView,
    stored: IdentityRows,
    octavoKey: Uint8Array,
    onProblem: (because: string) => void,
  ): Promise<Result<SigningKeys, string>> {
    const keys = new SigningKeys(registry, stored, octavoKey, onProblem);
    keys.#learnRows(registry.snapshot.signingKeys);
    const loaded = await keys.#load();
    if (!loaded.ok || keys.#signer === null) {
      keys.close();
      return loaded.ok ? err("the database holds no private part of the key that signs") : loaded;
    }
    return ok(keys);
  }

  /** Replaced, never changed: who has verified with it can tell whether it is the same. */
  get verification(): VerificationKeys {
    return this.#verification;
  }

  get signer(): SignWith {
    assert(this.#signer !== null, "a gateway that has started can sign");
    return this.#signer;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #follow(): void {
    const { signingKeys } = this.#registry.snapshot;
    if (signingKeys !== this.#rows) this.#learnRows(signingKeys);
    if (this.#missing().length === 0) return;
    void this.#loadOrTell();
  }

  async #loadOrTell(): Promise<void> {
    const loaded = await this.#load();
    if (!loaded.ok) this.#onProblem(loaded.error);
  }

  #learnRows(rows: Snapshot["signingKeys"]): void {
    this.#rows = rows;
    const verification = new Map<string, VerifyWith>();
    for (const { kid, x, tenantId, retiredAt } of rows.values()) {
      const key = retiredAt === null ? verifyWith(kid, x, tenantId) : null;
      if (key !== null) verification.set(kid, key);
    }
    this.#verification = verification;
    for (const kid of this.#private.keys()) if (!verification.has(kid)) this.#private.delete(kid);
    this.#chooseSigner();
  }

  #chooseSigner(): void {
    const row = [...(this.#rows?.values() ?? [])].find(isSigning);
    const key = row === undefined ? undefined : this.#private.get(row.kid);
    if (key !== undefined) this.#signer = key;
  }

  #missing(): readonly string[] {
    const rows = [...(this.#rows?.values() ?? [])];
    return rows
      .filter((row) => row.supersededAt === null && row.retiredAt === null && !this.#private.has(row.kid))
      .map(({ kid }) => kid);
  }

  /** Once at a time; what comes meanwhile is loaded at the next look. */
  #load(): Promise<Result<void, string>> {
    this.#loading ??= this.#loadMissing().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #loadMissing(): Promise<Result<void, string>> {
    const secrets = await this.#stored.signingSecrets(this.#missing());
    if (secrets === null) return err("cannot read the signing keys: the database cannot be reached");
    for (const { kid, wrapped } of secrets) {
      const key = unwrapKey(wrapped, kid, this.#octavoKey);
      if (!key.ok) return err(key.error.message);
      this.#private.set(kid, key.value);
    }
    this.#chooseSigner();
    return ok(undefined);
  }
}

/** Signs for every tenant, and now. */
function isSigning({ tenantId, signingAt, supersededAt, retiredAt }: SigningKeyRow): boolean {
  return tenantId === null && signingAt !== null && supersededAt === null && retiredAt === null;
}
