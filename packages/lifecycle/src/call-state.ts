import { assert } from "@octavo/result";
import type { PlannedCall } from "./planned-call.ts";

/** pending -> intended -> done | failed | indeterminate
 *                      -> pending (nothing was sent)
 *                      -> polled (the module has begun a job) -> told (the job has ended) -> done | failed
 *
 * "intended" is journaled before the effect and what follows after it. A driver that finds somebody else's "intended" does
 * not know whether the effect was: a repeatable call becomes pending again, any other indeterminate, and a human decides. */
export type CallState = "pending" | "intended" | "polled" | "told" | "done" | "failed" | "indeterminate";

export type Fault = "user" | "internal";

/** A call as it stands in the journal. */
export interface CallRecord {
  readonly planned: PlannedCall;
  readonly state: CallState;
  /** Of the driver that journaled the state. */
  readonly epoch: number;
  /** How often it was found that nothing could be sent. */
  readonly attempts: number;
  /** When its first try was journaled, by the registry's clock, in milliseconds: all tries have one time together. null
   * before, and where a human wants it anew. */
  readonly begunAt: number | null;
  /** The instance that was called, and the id that it gave its job; null where there is none. */
  readonly instanceId: string | null;
  readonly moduleJob: string | null;
  /** What went wrong, or what is not known. */
  readonly message: string | null;
  readonly fault: Fault | null;
}

export type CallEvent =
  | { readonly kind: "intended"; readonly at: number }
  | { readonly kind: "done" }
  /** The module works on; its job is to be looked at. */
  | { readonly kind: "job-begun"; readonly instanceId: string; readonly moduleJob: string }
  /** The module's job has ended; `error` is null where it succeeded. */
  | { readonly kind: "job-ended"; readonly error: string | null }
  | { readonly kind: "failed"; readonly message: string; readonly fault: Fault }
  /** Nothing was sent: it can be tried again, a few times. */
  | { readonly kind: "not-sent"; readonly message: string }
  /** Sent, and nobody knows what became of it. */
  | { readonly kind: "unanswered"; readonly message: string }
  /** Another driver has taken over. */
  | { readonly kind: "taken-over" }
  /** What a human said of an indeterminate call: look at it or send it again; it was carried out; it was not. */
  | { readonly kind: "retry" | "resume" | "fail"; readonly by: string };

/** So many times nothing could be sent; the waits between them grow from a quarter of a second to four. */
const MOST_ATTEMPTS = 6;

export function newCall(planned: PlannedCall): CallRecord {
  return {
    planned,
    state: "pending",
    epoch: 0,
    attempts: 0,
    begunAt: null,
    instanceId: null,
    moduleJob: null,
    message: null,
    fault: null,
  };
}

export function isOver({ state, planned }: CallRecord): boolean {
  return state === "done" || (state === "failed" && mayFail(planned));
}

/** @param epoch of the driver that tells */
export function afterEvent(call: CallRecord, event: CallEvent, epoch: number): CallRecord {
  const next = { ...call, epoch };
  switch (event.kind) {
    case "intended":
      assert(call.state === "pending", "only what is pending is begun");
      return {
        ...next,
        state: "intended",
        begunAt: call.begunAt ?? event.at,
        message: null,
        fault: null,
      };
    case "done":
      return { ...next, state: "done", message: null, fault: null };
    case "job-begun":
      return { ...next, state: "polled", instanceId: event.instanceId, moduleJob: event.moduleJob };
    case "job-ended":
      return {
        ...next,
        state: "told",
        message: event.error,
        fault: event.error === null ? null : "internal",
      };
    case "failed":
      return { ...next, state: "failed", message: event.message, fault: event.fault };
    case "not-sent":
      return call.attempts + 1 < MOST_ATTEMPTS
        ? { ...next, state: "pending", attempts: call.attempts + 1, message: event.message }
        : { ...next, state: "failed", attempts: call.attempts + 1, message: event.message, fault: "user" };
    case "unanswered":
      return unanswered(next, event.message);
    case "taken-over":
      return call.state === "intended" ? unanswered(next, driverGone(call.planned)) : next;
    case "retry":
    case "resume":
    case "fail":
      return answered(next, event.kind, event.by);
  }
}

/** A call that may be sent again is; it counts as an attempt, so that a module that always dies of it is not called for ever. */
function unanswered(call: CallRecord, message: string): CallRecord {
  if (call.moduleJob === null && isRepeatable(call.planned)) {
    return afterEvent(call, { kind: "not-sent", message }, call.epoch);
  }
  return { ...call, state: "indeterminate", message, fault: "user" };
}

function answered(call: CallRecord, verb: "retry" | "resume" | "fail", by: string): CallRecord {
  assert(call.state === "indeterminate", "only what is not known is for a human to say");
  switch (verb) {
    case "retry":
      // The module's own job is looked at again; without one the call is sent again.
      return call.moduleJob === null
        ? { ...call, state: "pending", attempts: 0, begunAt: null, message: null, fault: null }
        : { ...call, state: "polled", begunAt: null, message: null, fault: null };
    case "resume":
      return { ...call, state: "done", message: null, fault: null };
    case "fail":
      return { ...call, state: "failed", message: `${call.message ?? ""}; counted as failed by ${by}` };
  }
}

/** The switch is part of one transaction with its outcome: if that was lost, nothing was switched. */
function isRepeatable(planned: PlannedCall): boolean {
  return planned.kind === "switch" || planned.isRepeatable;
}

function mayFail(planned: PlannedCall): boolean {
  return planned.kind !== "switch" && planned.mayFail;
}

function driverGone(planned: PlannedCall): string {
  if (planned.kind === "switch") return "the instance that drove the job went away";
  return `the instance that drove the job went away while ${planned.moduleId} worked on ${planned.method} ${planned.path}`;
}
