/** Why a token is not accepted. `message` is for the log and for administrators; a client learns no more than refusal.ts
 * tells it. */
export interface VerifyError {
  readonly kind: VerifyErrorKind;
  readonly message: string;
}

export type VerifyErrorKind =
  | "too-long"
  /** Not three segments of base64url, not UTF-8, not JSON, not an object. */
  | "malformed"
  | "wrong-algorithm"
  /** A header parameter other than alg, typ and kid: jku, x5u, jwk, crit ... */
  | "unsupported-header"
  /** A known kind of token at a place that takes other kinds, or `typ` and `type` that differ. */
  | "wrong-type"
  | "unknown-key"
  | "bad-signature"
  /** Signed by us, yet not what we sign: a mistake of ours, or a key that got out. */
  | "bad-claims"
  | "wrong-issuer"
  | "wrong-tenant"
  | "expired"
  | "not-yet-valid"
  /** Ended before its time: by an epoch of its tenant or user, or with its session. */
  | "ended";
