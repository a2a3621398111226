import { createHash } from "node:crypto";
import { type Transaction, sql } from "@octavo/database";
import { err, ok, type Result } from "@octavo/result";

/** One request, as its client names it. */
export interface KeyedRequest {
  /** Of the header Idempotency-Key. */
  readonly key: string;
  /** `requestFingerprint` of what was asked: the same key must mean the same request. */
  readonly fingerprint: string;
  /** How long the answer is kept. Default 24 hours, at most 7 days. */
  readonly ttlSeconds?: number;
}

export interface KeptAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** - `in-flight`: the same request is under way; ask again
 * - `other-request`: the key belongs to another request */
export interface RequestKeyRefusal {
  readonly kind: "in-flight" | "other-request";
  readonly key: string;
}

const TTL_SECONDS = 86_400;
const LONGEST_TTL_SECONDS = 7 * 86_400;

/** Carries out a request once for its key. The answer is written together with the effect: whoever repeats the request, after an answer
 * that was lost or a commit of unknown outcome, gets the answer that was given, and the effect is there once.
 * What `work` throws undoes all of it, so that the request may be tried again.
 * @returns the answer, and whether it is an earlier one */
export async function oncePerKey<Answer extends KeptAnswer>(
  tx: Transaction,
  { key, fingerprint, ttlSeconds = TTL_SECONDS }: KeyedRequest,
  work: () => Promise<Answer>,
): Promise<Result<{ readonly answer: Answer; readonly isRepeated: boolean }, RequestKeyRefusal>> {
  // Of this transaction, so that nothing is left when the process is killed. A row would keep the second request waiting for the first.
  const lock = await tx.row<{ is_free: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.octavo_request_key.' || ${key}, 0)) as is_free`,
  );
  if (lock?.is_free !== true) return err({ kind: "in-flight", key });
  const kept = await tx.row<{ fingerprint: string; answer: Answer }>(
    sql`select fingerprint, answer from octavo_request_key where key = ${key} and expires_at > clock_timestamp()`,
  );
  if (kept !== null && kept.fingerprint !== fingerprint) return err({ kind: "other-request", key });
  if (kept !== null) return ok({ answer: kept.answer, isRepeated: true });
  const answer = await work();
  const seconds = Math.min(ttlSeconds, LONGEST_TTL_SECONDS);
  await tx.run(
    sql`insert into octavo_request_key (key, fingerprint, answer, expires_at)
        values (${key}, ${fingerprint}, ${JSON.stringify(answer)}::json, clock_timestamp() + make_interval(secs => ${seconds}::float8))
        on conflict (key) do update
          set fingerprint = excluded.fingerprint, answer = excluded.answer, expires_at = excluded.expires_at`,
  );
  return ok({ answer, isRepeated: false });
}

/** What makes a request this request: its route, and all that was sent with it. */
export function requestFingerprint(route: string, sent: unknown): string {
  const text = JSON.stringify([route, sent ?? null]);
  return createHash("sha256").update(text).digest("base64url");
}
