import { expand, readEntries } from "./vector-file.ts";

/** What a module answers, and what must become of it. Texts are latin1. */
export interface AnswerVector {
  readonly name: string;
  /** Of the request that is answered so. */
  readonly method: "GET" | "HEAD";
  readonly bytes: string;
  /** Written again and again behind the bytes, until the connection is gone. */
  readonly endless: string | null;
  /** Said when the client has had its answer. */
  readonly afterwards: string | null;
  /** The module ends the connection behind its bytes. */
  readonly closes: boolean;
  readonly expect: AnswerExpectation;
}

type AnswerExpectation =
  /** 502 and a sentence. */
  | { readonly kind: "refused" }
  /** The client's connection ends before the end of the answer; or 502, where the fault was seen before the head went on. */
  | { readonly kind: "cut" }
  | { readonly kind: "accepted"; readonly seen: SeenByClient; readonly isReused: boolean };

export interface SeenByClient {
  readonly status: number;
  readonly body: string;
  /** Name in lower case -> all values of it, joined by ", ". */
  readonly has: Readonly<Record<string, string>>;
  readonly lacks: readonly string[];
  /** A text that may be nowhere in the answer. */
  readonly nowhere: string | null;
}

interface Entry {
  readonly name: string;
  readonly each?: Readonly<Record<string, string>>;
  readonly method?: "HEAD";
  /** Head lines, without their ends. */
  readonly answer?: readonly string[];
  readonly body?: string;
  /** Instead of both. */
  readonly raw?: string;
  readonly endless?: string;
  readonly afterwards?: string;
  readonly closes?: true;
  readonly refused?: true;
  readonly cut?: true;
  readonly accepted?: Partial<Omit<SeenByClient, "status">> & { readonly status?: string };
  /** The connection serves again; without it, it must not. */
  readonly reused?: boolean;
}

/** Idea (the file's name) -> its vectors. */
export function answerVectors(): ReadonlyMap<string, readonly AnswerVector[]> {
  const ideas = [...readEntries<Entry>(new URL("answers/", import.meta.url))];
  return new Map(ideas.map(([idea, entries]) => [idea, entries.map(vectorOf)]));
}

function vectorOf(entry: Entry): AnswerVector {
  const { name, answer = [], body = "", raw } = entry;
  return {
    name,
    method: entry.method ?? "GET",
    bytes: expand(raw ?? `${answer.join("\r\n")}\r\n\r\n${body}`),
    endless: entry.endless ?? null,
    afterwards: entry.afterwards ?? null,
    closes: entry.closes ?? false,
    expect: expectationOf(entry),
  };
}

function expectationOf({ name, refused, cut, accepted, reused = false }: Entry): AnswerExpectation {
  if (refused === true) return { kind: "refused" };
  if (cut === true) return { kind: "cut" };
  if (accepted === undefined) throw new Error(`${name}: it is neither refused nor cut nor accepted`);
  const { status = "200", body = "", has = {}, lacks = [], nowhere = null } = accepted;
  const seen = { status: Number.parseInt(status, 10), body, has, lacks, nowhere };
  return { kind: "accepted", seen, isReused: reused };
}
