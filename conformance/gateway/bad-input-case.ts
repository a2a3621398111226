import { readdirSync, readFileSync } from "node:fs";
import type { Answer } from "./http.ts";

/** One call that must be refused, from the data files of bad-input/. */
export interface BadInputCase {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The whole answer, byte for byte. */
  readonly text?: string;
  /** A part of it. */
  readonly contains?: string;
  /** The body, at most one of: as it is, a value to be printed, pieces with how often each is repeated, bytes. */
  readonly body?: string;
  readonly json?: unknown;
  readonly parts?: readonly (readonly [string, number])[];
  readonly hex?: string;
  /** What Okapi does instead where we differ on purpose. */
  readonly okapi?: {
    readonly status?: number;
    readonly text?: string;
    readonly contains?: string;
    readonly skip?: string;
  };
}

const folder = new URL("bad-input/", import.meta.url);

/** File name without ending -> its cases. */
export function badInputCases(): ReadonlyMap<string, readonly BadInputCase[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return new Map(
    files.map((file) => [
      file.replace(/\.json$/u, ""),
      // as: the files are ours and have this shape
      JSON.parse(readFileSync(new URL(file, folder), "utf8")) as BadInputCase[],
    ]),
  );
}

export function bodyOf(badInput: BadInputCase): string | Uint8Array | undefined {
  if (badInput.body !== undefined) return badInput.body;
  if (badInput.json !== undefined) return JSON.stringify(badInput.json);
  if (badInput.parts !== undefined)
    return badInput.parts.map(([piece, times]) => piece.repeat(times)).join("");
  if (badInput.hex !== undefined) return Buffer.from(badInput.hex, "hex");
  return undefined;
}

export interface Expectation {
  readonly status: number;
  readonly text: string | null;
  readonly contains: string | null;
}

/** @returns null where the case means nothing to this kind of target */
export function expectationOf(badInput: BadInputCase, kind: "octavo" | "okapi"): Expectation | null {
  const { status, text = null, contains = null } = badInput;
  if (kind === "octavo" || badInput.okapi === undefined) return { status, text, contains };
  if (badInput.okapi.skip !== undefined) return null;
  return {
    status: badInput.okapi.status ?? status,
    text: badInput.okapi.text ?? null,
    contains: badInput.okapi.contains ?? null,
  };
}

/** What is wrong with an answer, one line each; empty when it is as expected. Errors are always plain text. */
export function complaintsAbout(answer: Answer, expected: Expectation): readonly string[] {
  const complaints: string[] = [];
  const text = answer.text.slice(0, 500);
  if (answer.status !== expected.status)
    complaints.push(`status ${answer.status}, not ${expected.status}: ${text}`);
  if (answer.contentType?.startsWith("text/plain") !== true)
    complaints.push(`content type ${answer.contentType}`);
  if (expected.text !== null && answer.text !== expected.text) {
    complaints.push(`said ${JSON.stringify(text)}, not ${JSON.stringify(expected.text)}`);
  }
  if (expected.contains !== null && !answer.text.includes(expected.contains)) {
    complaints.push(`said ${JSON.stringify(text)}, without ${JSON.stringify(expected.contains)}`);
  }
  return complaints;
}
