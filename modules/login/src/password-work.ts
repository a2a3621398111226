import { unavailable } from "@octavo/module-kit";
import type { LoginConfig } from "./login-config.ts";
import { checkPassword, hashPassword, type StoredPassword, type Verdict } from "./password-hash.ts";
import { Turns } from "./turns.ts";

/** The costly part of sign-in, some at once. */
export interface PasswordWork {
  /** @throws Refusal 503 where too many wait already */
  hash(password: string): Promise<string>;
  /** @param stored null: the work is done all the same
   * @throws Refusal 503 where too many wait already */
  check(password: string, stored: StoredPassword | null): Promise<Verdict>;
}

export function passwordWork({ cost, hashesAtOnce, mostWaiting }: LoginConfig): PasswordWork {
  const turns = new Turns(hashesAtOnce, mostWaiting);
  return {
    hash: async (password) => (await turns.take(() => hashPassword(password, cost))) ?? tooMany(),
    check: async (password, stored) =>
      (await turns.take(() => checkPassword(password, stored, cost))) ?? tooMany(),
  };
}

function tooMany(): never {
  throw unavailable("Too many sign in at this moment", 1, "busy");
}
