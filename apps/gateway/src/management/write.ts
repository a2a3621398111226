import { createHash } from "node:crypto";
import type { Caller } from "@octavo/identity";
import type { Change, Committed, Decision, Snapshot, WriteError, WriteIntent } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import type { Call, Refusal, Reply } from "./handler.ts";
import type { Platform } from "./platform.ts";
import { refusedWrite } from "./refusals.ts";

/** What a write decides on a snapshot: the changes and what the caller will be told. */
export interface Writing {
  readonly changes: readonly Change[];
  readonly reply: Reply;
  readonly alsoWrite?: Decision["alsoWrite"];
}

/** Carries out a write of the management API: intent and idempotency key from the call, the answer kept with it, so that a
 * repeated call is told the same. `decide` may run more than once. */
export async function write(
  call: Call,
  platform: Platform,
  target: string,
  decide: (snapshot: Snapshot) => Result<Writing, Refusal>,
): Promise<Result<Reply, Refusal>> {
  const committed = await commit(call, platform, target, decide);
  if (!committed.ok) {
    const { error } = committed;
    if (!isWriteError(error)) return err(error);
    const { name } = call.operation;
    // The caller is told what to do; why it happened is for whoever runs the platform.
    if ("cause" in error) platform.log.error({ action: name, target, because: error.cause }, "write failed");
    return err(refusedWrite(error));
  }
  // We wrote this text a moment ago, or under the same key earlier: it is a Reply.
  return ok(JSON.parse(committed.value.answer) as Reply);
}

async function commit(
  call: Call,
  { registry }: Platform,
  target: string,
  decide: (snapshot: Snapshot) => Result<Writing, Refusal>,
): Promise<Result<Committed, Refusal | WriteError>> {
  try {
    return await registry.write<Refusal>(intentOf(call, target), (snapshot) => {
      const decided = decide(snapshot);
      if (!decided.ok) return decided;
      const { changes, reply, alsoWrite } = decided.value;
      const answer = JSON.stringify(reply);
      return ok(alsoWrite === undefined ? { changes, answer } : { changes, answer, alsoWrite });
    });
  } catch (error) {
    if (error instanceof RefusedByRows) return err(error.refusal);
    throw error;
  }
}

/** Thrown by `alsoWrite` where rows beside the snapshot speak against a write: nothing of it is kept. */
export class RefusedByRows extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Who wants what on what, for the audit log. */
export function intentOf(call: Call, target: string): WriteIntent {
  return {
    actor: actorOf(call.caller),
    action: call.operation.name,
    target,
    requestId: call.requestId,
    idempotency:
      call.idempotencyKey === null ? null : { key: call.idempotencyKey, fingerprint: fingerprintOf(call) },
  };
}

/** Two calls under one key must be the same call: method, path, query and body. */
function fingerprintOf(call: Call): string {
  const hash = createHash("sha256");
  for (const part of [call.operation.method, call.path, call.query.toString(), call.body]) {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return hash.digest("hex");
}

export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case "operator":
      return `operator:${caller.operatorId}`;
    case "tenant-token": {
      const { tenantId, moduleId, userId } = caller;
      return moduleId === null ? `user:${tenantId}/${userId ?? ""}` : `module:${tenantId}/${moduleId}`;
    }
    default:
      return caller.kind;
  }
}

function isWriteError(error: Refusal | WriteError): error is WriteError {
  return error.kind === "unavailable"
    ? "outcome" in error
    : error.kind === "idempotency-mismatch" || error.kind === "poison" || error.kind === "not-finalized";
}
