import { err, ok, type Result } from "@octavo/result";
import { parsePattern, type Pattern } from "./parse-pattern.ts";

/** A pattern with more states is refused: each character of a text visits each of them at most once. */
const MOST_STATES = 2000;

type State =
  | { readonly matches: (character: string) => boolean; readonly next: number }
  | { readonly either: readonly [number, number] };

/** A regular expression over whole texts whose time grows with the length of the text and no faster, whatever the pattern:
 * all ways through it are gone at once (Thompson). JavaScript's own tries them one after the other, for years if need be
 * (reliability 6, row 23).
 * @returns or a sentence that says what is wrong with it */
export function linearPattern(text: string): Result<(text: string) => boolean, string> {
  const parsed = parsePattern(text);
  if (!parsed.ok) return parsed;
  const states: State[] = [];
  const start = build(parsed.value, END, states);
  return start === null
    ? err("it is too large: repeat fewer things, or fewer times")
    : ok((subject) => run(states, start, subject));
}

const END = -1;

/** Adds the states of a pattern that leads to `next`.
 * @returns where it begins; null when there are too many */
function build(pattern: Pattern, next: number, states: State[]): number | null {
  const add = (state: State) => (states.length < MOST_STATES ? states.push(state) - 1 : null);
  switch (pattern.kind) {
    case "one":
      return add({ matches: pattern.matches, next });
    case "sequence": {
      let at: number | null = next;
      for (const part of pattern.parts.toReversed()) if (at !== null) at = build(part, at, states);
      return at;
    }
    case "choice": {
      let at: number | null = null;
      for (const branch of pattern.branches.toReversed()) {
        const begun: number | null = build(branch, next, states);
        if (begun === null) return null;
        at = at === null ? begun : add({ either: [begun, at] });
        if (at === null) return null;
      }
      return at;
    }
    case "repeat":
      return buildRepeat(pattern, next, states);
  }
}

function buildRepeat(
  { part, least, most }: Extract<Pattern, { kind: "repeat" }>,
  next: number,
  states: State[],
): number | null {
  let at: number | null = next;
  if (most === null) {
    if (states.length >= MOST_STATES) return null;
    const loop = states.push({ either: [next, next] }) - 1; // where it turns back is known only when the part is there
    const begun = build(part, loop, states);
    if (begun === null) return null;
    states[loop] = { either: [begun, next] };
    at = loop;
  }
  for (let optional = least; optional < (most ?? 0) && at !== null; optional += 1) {
    const begun = build(part, at, states);
    at = begun === null || states.length >= MOST_STATES ? null : states.push({ either: [begun, next] }) - 1;
  }
  for (let needed = 0; needed < least && at !== null; needed += 1) at = build(part, at, states);
  return at;
}

function run(states: readonly State[], start: number, text: string): boolean {
  let current = reach(states, [start]);
  for (const character of text) {
    const next: number[] = [];
    for (const at of current) {
      const state = states[at];
      if (state !== undefined && "matches" in state && state.matches(character)) next.push(state.next);
    }
    current = reach(states, next);
  }
  return current.has(END);
}

/** These states, and those that they lead to without a character. */
function reach(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const reached = new Set<number>();
  const left = [...from];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const state = states[at];
    if (state !== undefined && "either" in state) left.push(...state.either);
  }
  return reached;
}
