import { randomUUID } from "node:crypto";
import type { RequestContext } from "../definition/request-context.ts";
import { type Caller, headerOf, type RequestHeaders } from "./caller.ts";
import type { ModuleLog } from "./module-log.ts";

/** A request's context with what ends it. */
export interface OpenContext {
  readonly context: RequestContext;
  readonly log: ModuleLog;
  /** Why it was ended before its handler was done: it took its time, or its deadline came. */
  readonly overdue: () => "time" | "deadline" | null;
  /** The client has left. */
  leave(): void;
  /** The handler is done; a body may still be sent. */
  done(): void;
}

export interface ContextOptions {
  readonly caller: Caller;
  readonly headers: RequestHeaders;
  readonly timeoutMs: number;
  readonly deadlineMs: number | null;
  /** Until the deadline. */
  readonly leftMs: number;
  readonly log: ModuleLog;
}

export function openContext({ caller, headers, log, ...limits }: ContextOptions): OpenContext {
  const { tenantId, userId, token, permissions } = caller;
  const requestId = headerOf(headers, "x-okapi-request-id") ?? randomUUID();
  const { deadlineMs, leftMs } = limits;
  const timeoutMs = Math.min(limits.timeoutMs, leftMs);
  const ending = new AbortController();
  const endsAtMs = performance.now() + timeoutMs;
  let overdue: "time" | "deadline" | null = null;
  const timer = setTimeout(() => {
    overdue = leftMs < limits.timeoutMs ? "deadline" : "time";
    ending.abort(new Error(`the request took longer than ${Math.round(timeoutMs)} ms`));
  }, timeoutMs);
  timer.unref();
  const requestLog = log.with({ tenantId, userId, requestId });
  const context: RequestContext = {
    tenantId,
    work: "foreground",
    userId,
    requestId,
    token,
    permissions,
    okapiUrl: headerOf(headers, "x-okapi-url"),
    deadlineMs,
    signal: ending.signal,
    remainingMs: () => Math.max(0, endsAtMs - performance.now()),
    log: requestLog,
  };
  return {
    context,
    log: requestLog,
    overdue: () => overdue,
    leave: () => ending.abort(new Error("the client has left")),
    done: () => clearTimeout(timer),
  };
}
