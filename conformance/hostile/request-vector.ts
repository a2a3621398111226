import { expand, readEntries } from "./vector-file.ts";

/** One message and what must become of it. Texts are latin1: one character per byte. In what is sent,
 * `@tenant` and `@canary` stand for those of the run, `@(text*n)` for n repetitions, `{}` for each value of `each`; the line
 * `...` for a good Host, tenant and canary. */
export interface RequestVector {
  readonly name: string;
  /** Head lines, without their ends. */
  readonly send?: readonly string[];
  /** Behind the empty line. */
  readonly body?: string;
  /** Instead of both: all of it. */
  readonly raw?: string;
  readonly expect: Expectation;
}

export type Expectation =
  /** A sentence with one of these statuses, and the connection is closed. */
  | {
      readonly kind: "refused";
      readonly statuses: readonly number[];
      /** The fault is in the body: the module may see a head and a part of the body, never a whole request. */
      readonly reachesInPart: boolean;
    }
  /** The gateway's own answer; the module sees nothing. */
  | { readonly kind: "answered"; readonly status: number; readonly after: AfterAnswer }
  /** The module sees exactly this one request. */
  | {
      readonly kind: "accepted";
      readonly status: number;
      readonly seen: Seen;
      readonly after: AfterAnswer;
      /** It answers before it has the body, and may not get all of it. */
      readonly isEarly: boolean;
    };

/** What becomes of the connection: the next request is answered; it closes; another refusal, because what follows is no
 * request, and it closes; or the first or the second, as it happens. */
type AfterAnswer = "kept" | "closed" | "refused" | "either";

export interface Seen {
  readonly method?: string;
  readonly target?: string;
  /** Name in lower case -> all values of it, joined by ", ". */
  readonly has?: Readonly<Record<string, string>>;
  readonly lacks?: readonly string[];
  readonly body?: string;
  /** A text that may be nowhere in the request. */
  readonly nowhere?: string;
}

/** An entry of a data file: one vector, or one for each value. */
interface Entry {
  readonly name: string;
  readonly send?: readonly string[];
  readonly body?: string;
  readonly raw?: string;
  /** A word for the name -> what takes the place of `{}` everywhere. */
  readonly each?: Readonly<Record<string, string>>;
  readonly refused?: number | readonly number[];
  readonly inPart?: true;
  readonly answered?: number;
  readonly accepted?: Seen;
  readonly status?: number | string;
  readonly after?: AfterAnswer;
  readonly isEarly?: true;
  /** Listeners whose parser leaves no trace of the fault: they take it for GET or POST /echo, and then this follows. */
  readonly lenient?: Readonly<Record<string, AfterAnswer>>;
}

const folder = new URL("requests/", import.meta.url);

/** Idea (the file's name) -> its vectors.
 * @param listener that they are for */
export function requestVectors(listener: string): ReadonlyMap<string, readonly RequestVector[]> {
  const ideas = [...readEntries<Entry>(folder)];
  return new Map(ideas.map(([idea, entries]) => [idea, entries.map((entry) => vectorOf(entry, listener))]));
}

function vectorOf(entry: Entry, listener: string): RequestVector {
  const { name, send, body, raw } = entry;
  const lenient = entry.lenient?.[listener];
  return {
    name,
    ...(send !== undefined && { send }),
    ...(body !== undefined && { body }),
    ...(raw !== undefined && { raw }),
    expect: lenient === undefined ? expectationOf(entry, name) : takenForPlain(lenient),
  };
}

function expectationOf(entry: Entry, name: string): Expectation {
  const { refused, inPart = false, answered, accepted, status = 200, isEarly = false } = entry;
  if (refused !== undefined) {
    return {
      kind: "refused",
      statuses: typeof refused === "number" ? [refused] : refused,
      reachesInPart: inPart,
    };
  }
  if (answered !== undefined) return { kind: "answered", status: answered, after: entry.after ?? "kept" };
  if (accepted === undefined) throw new Error(`${name}: it is neither refused nor answered nor accepted`);
  return { kind: "accepted", status: Number(status), seen: accepted, after: entry.after ?? "kept", isEarly };
}

function takenForPlain(after: AfterAnswer): Expectation {
  return { kind: "accepted", status: 200, seen: { target: "/echo" }, after, isEarly: false };
}

export interface Sender {
  readonly tenant: string;
  readonly canary: string;
}

/** The vector as it goes on the wire. */
export function bytesOf({ send = [], body = "", raw }: RequestVector, sender: Sender): string {
  const text =
    raw ?? `${send.flatMap((line) => (line === "..." ? goodLines : [line])).join("\r\n")}\r\n\r\n${body}`;
  return expand(text.replaceAll("@tenant", sender.tenant).replaceAll("@canary", sender.canary));
}

const goodLines = ["Host: library.example", "X-Okapi-Tenant: @tenant", "X-Canary: @canary"];

/** A request without a fault, before, behind or after a vector. */
export const goodRequest: RequestVector = {
  name: "a good request",
  send: ["GET /echo/good HTTP/1.1", "..."],
  expect: { kind: "accepted", status: 200, seen: {}, after: "kept", isEarly: false },
};
