// unverified-tokens.ts runs for every request with a token.
import type { Result } from "@octavo/result";
import { readUnverified, type UnverifiedClaims } from "./unverified-claims.ts";

/** A longer one is read each time: what is kept is bounded, whoever sends it. */
const LONGEST = 4096;

/** What tokens say of themselves, each read once while it is among the last ones. A text says what it says for ever, so that
 * nothing here can be out of date. */
export class UnverifiedTokens {
  readonly #most: number;
  readonly #known = new Map<string, Result<UnverifiedClaims, string>>();

  constructor(most: number) {
    this.#most = most;
  }

  read(token: string): Result<UnverifiedClaims, string> {
    const known = this.#known.get(token);
    if (known !== undefined) return known;
    const read = readUnverified(token);
    if (token.length > LONGEST) return read;
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(token, read);
    return read;
  }
}
