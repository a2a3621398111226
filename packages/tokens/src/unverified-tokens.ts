// unverified-tokens.ts runs for every request with a token.
import type { Result } from "@octavo/result";
import { readUnverified, type UnverifiedClaims } from "./unverified-claims.ts";

/** A longer one is read each time: what is kept is bounded, whoever sends it. */
const LONGEST = 4096;

/** Signatures differ here. To hash all of a token takes longer than the rest that is done with it. */
const TAIL = 24;

interface Known {
  readonly token: string;
  readonly claims: Result<UnverifiedClaims, string>;
}

/** What tokens say of themselves, each read once while it is among the last ones. A text says what it says for ever, so that
 * nothing here can be out of date. */
export class UnverifiedTokens {
  readonly #most: number;
  /** By how a token ends; of several that end alike the last one. */
  readonly #known = new Map<string, Known>();

  constructor(most: number) {
    this.#most = most;
  }

  read(token: string): Result<UnverifiedClaims, string> {
    return this.#find(token).claims;
  }

  /** The same text; where it is known, the very string that came first, whose hash is known to whoever looks it up. */
  kept(token: string): string {
    return this.#find(token).token;
  }

  #find(token: string): Known {
    const tail = token.slice(-TAIL);
    const known = this.#known.get(tail);
    if (known?.token === token) return known;
    const read: Known = { token, claims: readUnverified(token) };
    if (token.length > LONGEST) return read;
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(tail, read);
    return read;
  }
}
