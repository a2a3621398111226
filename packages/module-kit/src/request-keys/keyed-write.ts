import type { Transaction } from "@octavo/database";
import type { Call } from "../definition/route.ts";
import { badRequest, conflict, Refusal } from "../http/refusal.ts";
import { type KeptAnswer, oncePerKey, requestFingerprint } from "./once-per-key.ts";

/** What of a call tells one request from another. */
export type KeyedCall = Pick<
  Call<unknown, unknown, unknown>,
  "params" | "query" | "body" | "context" | "db" | "headers"
>;

const LONGEST_KEY = 255;

/** Does a write in one transaction: once for the Idempotency-Key that its client sent, plainly where he sent none. Keys of one user are no
 * other's. The same key with another request is 422, while the first is under way 409.
 *
 *     handle: (call) => keyedWrite(call, "POST /loans", async (tx) => ({ status: 201, body: await loans.create(tx, call.body) }))
 *
 * @param route method and path of the route
 * @param work what it throws undoes it, and a repeated request tries again; what it answers is kept for 24 hours */
export async function keyedWrite<const Answer extends KeptAnswer>(
  call: KeyedCall,
  route: string,
  work: (tx: Transaction) => Promise<Answer>,
): Promise<Answer | Refusal> {
  const key = call.headers["idempotency-key"] ?? null;
  if (key === null) return call.db.tx(work);
  if (key === "" || key.length > LONGEST_KEY) {
    return badRequest(
      `Idempotency-Key has ${key.length} characters: send 1 to ${LONGEST_KEY}`,
      "idempotency-key",
    );
  }
  const { userId } = call.context;
  const request = {
    key: JSON.stringify([userId, key]),
    fingerprint: requestFingerprint(route, [call.params, call.query, call.body]),
  };
  const done = await call.db.tx((tx) => oncePerKey(tx, request, () => work(tx)));
  if (done.ok) return done.value.answer;
  switch (done.error.kind) {
    case "in-flight":
      return conflict(
        "The request with this Idempotency-Key is under way: ask again",
        "idempotency-key-in-flight",
      );
    case "other-request":
      return new Refusal(422, [
        {
          message: "This Idempotency-Key belongs to another request: use a new one",
          code: "idempotency-key-reused",
        },
      ]);
  }
}
