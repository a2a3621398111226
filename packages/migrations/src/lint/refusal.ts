import type { Token } from "../text/tokenise.ts";

/** Why a statement may not run: where, and a sentence with the remedy. */
export interface Refusal {
  readonly at: Token | undefined;
  readonly message: string;
}

export function refusal(at: Token | undefined, message: string): Refusal {
  return { at, message };
}
