import { assert } from "@octavo/result";

/** A signing key's row without its private part. Dates are milliseconds of the database's clock; null: not yet.
 *
 *   published ──sign──> signing ──sign(next)──> superseded ──retire──> retired
 *
 * published: known to all, signs nothing. signing: exactly one. superseded: signs nothing, what it signed still counts.
 * retired: unknown again; its row may go. */
export interface KeyRecord {
  readonly kid: string;
  /** The public key in base64url. */
  readonly x: string;
  readonly tenantId: string | null;
  readonly publishedAt: number;
  /** When the barrier said that every live instance has it. */
  readonly knownToAllAt: number | null;
  readonly signingAt: number | null;
  readonly supersededAt: number | null;
  readonly retiredAt: number | null;
}

export type KeyState = "published" | "signing" | "superseded" | "retired";

export interface RotationPolicy {
  /** How long a key signs. */
  readonly rotateAfterMs: number;
  /** How long a key set is kept by those who fetch it (Cache-Control of the key set). */
  readonly cacheAgeMs: number;
  /** The longest life of any token, refresh and legacy ones included, and of a clock's leeway. */
  readonly longestLifeMs: number;
}

export type RotationAction =
  /** Make a key, store and announce it. */
  | { readonly do: "publish" }
  /** Wait for every live instance to have it, then set knownToAllAt. */
  | { readonly do: "await-barrier"; readonly kid: string }
  /** Set signingAt, and supersededAt of the other, whose private key is erased. One transaction. */
  | { readonly do: "sign"; readonly kid: string; readonly supersedes: string | null }
  /** Set retiredAt. */
  | { readonly do: "retire"; readonly kid: string };

export interface RotationPlan {
  readonly actions: readonly RotationAction[];
  /** When there may be something to do without anything having been written. */
  readonly lookAgainAt: number;
}

export function stateOf(key: KeyRecord): KeyState {
  if (key.retiredAt !== null) return "retired";
  if (key.supersededAt !== null) return "superseded";
  return key.signingAt === null ? "published" : "signing";
}

/** What is to be done now; done and planned again, nothing is. Whoever does it holds the lease for it.
 * @param keys of one tenant, or all those that sign for every tenant */
export function planRotation(keys: readonly KeyRecord[], now: number, policy: RotationPolicy): RotationPlan {
  const of = (state: KeyState) => keys.filter((key) => stateOf(key) === state);
  const [signing, ...others] = of("signing");
  assert(others.length === 0, "one key signs at a time");
  const actions: RotationAction[] = [];
  const later: number[] = [];
  const due = (at: number, action: RotationAction): void => {
    if (at <= now) actions.push(action);
    else later.push(at);
  };

  for (const { kid, supersededAt } of of("superseded")) {
    due((supersededAt ?? now) + policy.longestLifeMs, { do: "retire", kid });
  }
  const [next] = of("published").sort((a, b) => a.publishedAt - b.publishedAt);
  const dueAt = signing === undefined ? now : (signing.signingAt ?? now) + policy.rotateAfterMs;
  if (next === undefined) due(dueAt - policy.cacheAgeMs, { do: "publish" });
  else if (next.knownToAllAt === null) actions.push({ do: "await-barrier", kid: next.kid });
  else {
    // The first key has no tokens of another beside it: nobody has an older list that would still do. Others may have been
    // published before their time, by an operator who wants another key now.
    const readyAt = signing === undefined ? next.knownToAllAt : next.knownToAllAt + policy.cacheAgeMs;
    due(readyAt, { do: "sign", kid: next.kid, supersedes: signing?.kid ?? null });
  }
  return { actions, lookAgainAt: later.length === 0 ? now + policy.cacheAgeMs : Math.min(...later) };
}
