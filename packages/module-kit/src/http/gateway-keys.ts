import { readFile } from "node:fs/promises";
import { isJsonArray, isJsonObject, parseJson } from "@octavo/json";
import { type VerificationKeys, verifyWith, type VerifyWith } from "@octavo/tokens";
import type { Log } from "../definition/log.ts";

/** Where the key set is read from, and how time passes; a test gives its own. */
export interface KeySource {
  /** URL of a gateway's `/_/octavo/keys`, or a file with the same. */
  readonly place: string;
  readonly read?: (place: string) => Promise<string>;
  /** Milliseconds, monotonic. */
  readonly elapsedMs?: () => number;
  readonly log: Log;
}

/** Between two tries, so that forged tokens with unknown keys cannot make many. */
const LEAST_MS = 10_000;
/** A key that the gateway has withdrawn is forgotten after so long. */
const AGE_MS = 300_000;
const TIMEOUT_MS = 5_000;

/** The gateway's public keys, kept in memory: what was read last counts for as long as nothing newer can be read, so that a gateway that
 * is away stops nobody. Keys are published before they sign, and a token with an unknown key is a reason to look again. */
export class GatewayKeys {
  readonly #source: Required<KeySource>;
  #keys: VerificationKeys = new Map();
  #readAtMs: number | null = null;
  #triedAtMs: number | null = null;
  #reading: Promise<void> | null = null;

  constructor({ place, read = readPlace, elapsedMs = () => performance.now(), log }: KeySource) {
    this.#source = { place, read, elapsedMs, log };
  }

  get keys(): VerificationKeys {
    return this.#keys;
  }

  get place(): string {
    return this.#source.place;
  }

  /** Whether a key set has ever been read: until then no token can be judged. */
  get isKnown(): boolean {
    return this.#readAtMs !== null;
  }

  /** Looks again, unless somebody did just now. */
  async refresh(): Promise<void> {
    if (this.#reading !== null) return await this.#reading;
    if (this.#triedAtMs !== null && this.#source.elapsedMs() - this.#triedAtMs < LEAST_MS) return;
    this.#triedAtMs = this.#source.elapsedMs();
    this.#reading = this.#load().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  /** Looks again beside the request where what is known is old; nobody waits. */
  refreshWhenOld(): void {
    if (this.#readAtMs === null || this.#source.elapsedMs() - this.#readAtMs >= AGE_MS) void this.refresh();
  }

  async #load(): Promise<void> {
    const { place, read, elapsedMs, log } = this.#source;
    try {
      this.#keys = parseKeys(await read(place));
      this.#readAtMs = elapsedMs();
    } catch (error) {
      log.warn({ place, error, known: this.#keys.size }, "the gateway's key set cannot be read");
    }
  }
}

async function readPlace(place: string): Promise<string> {
  if (!/^https?:/u.test(place)) return await readFile(place, "utf8");
  const answer = await fetch(place, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`${place} answered ${answer.status}`);
  return await answer.text();
}

/** Keys of other kinds than ours are passed over.
 * @throws Error where the text is no key set */
function parseKeys(text: string): VerificationKeys {
  const json = parseJson(text);
  if (!json.ok) throw new Error(`a key set is JSON: ${json.error.message}`);
  const list = isJsonObject(json.value) ? json.value.get("keys") : undefined;
  if (list === undefined || !isJsonArray(list))
    throw new Error('a key set is an object with the list "keys"');
  const keys = new Map<string, VerifyWith>();
  for (const entry of list) {
    if (!isJsonObject(entry)) continue;
    const [kid, x] = [entry.get("kid"), entry.get("x")];
    if (typeof kid !== "string" || typeof x !== "string") continue;
    const key = verifyWith(kid, x, null);
    if (key !== null) keys.set(kid, key);
  }
  if (keys.size === 0) throw new Error("the key set has no Ed25519 key");
  return keys;
}
