import { type HeaderList, headersOf } from "@octavo/http-wire";

/** Where a request stands in a trace, as W3C Trace Context has it (https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits: the span that ours is a child of. */
  readonly spanId: string;
  readonly flags: number;
  /** What other systems say of the trace, null where it is nothing that may be passed on. */
  readonly state: string | null;
}

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);

const MOST_MEMBERS = 32;
const KEY = /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})$/;
const VALUE = /^[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/** Strict, as the standard asks for: of what is malformed nothing is guessed.
 * @returns null where the request is part of no trace that can be known */
export function readTraceContext(headers: HeaderList): TraceContext | null {
  const [parent, ...others] = headersOf(headers, "traceparent");
  if (parent === undefined || others.length > 0) return null;
  const [, version, traceId = "", spanId = "", flags = "", later] = PARENT.exec(parent) ?? [];
  if (version === undefined || version === "ff" || traceId === NO_TRACE || spanId === NO_SPAN) return null;
  // What a later version adds is not ours to read; version 00 has nothing there.
  if (version === "00" && later !== undefined) return null;
  return { traceId, spanId, flags: Number.parseInt(flags, 16), state: readState(headers) };
}

function readState(headers: HeaderList): string | null {
  const members = headersOf(headers, "tracestate")
    .flatMap((value) => value.split(","))
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((member) => member !== "");
  if (members.length === 0 || members.length > MOST_MEMBERS) return null;
  const keys = new Set<string>();
  for (const member of members) {
    const at = member.indexOf("=");
    const key = member.slice(0, Math.max(0, at));
    if (!KEY.test(key) || !VALUE.test(member.slice(at + 1)) || keys.has(key)) return null;
    keys.add(key);
  }
  return members.join(",");
}

export function printTraceParent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, "0")}`;
}

/** Says to a module where its request stands. */
export function addTraceContext(made: string[], context: TraceContext): void {
  made.push("traceparent", printTraceParent(context));
  if (context.state !== null) made.push("tracestate", context.state);
}
