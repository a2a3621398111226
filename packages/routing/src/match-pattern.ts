// match-pattern.ts runs for every request: no closure, no allocation.
import type { Pattern } from "./pattern.ts";

/** Whether `path[0..end)` matches; the caller has found `pattern.prefix` at its beginning (the table's key).
 * Linear in the path for each star: what stands between two stars is tried at the earliest place only, which is enough,
 * because where a piece ends never moves left when it begins further right. */
export function matchesPattern(pattern: Pattern, path: string, end: number): boolean {
  switch (pattern.shape) {
    case "literal":
      return pattern.prefix.length === end;
    case "name":
      return end > pattern.prefix.length && indexOfSlash(path, pattern.prefix.length, end) === end;
    case "star":
      return true;
    case "starts-with":
      return pattern.text.length <= end && path.startsWith(pattern.text);
    case "general":
      return matchesGeneral(pattern.segments, path, end);
  }
}

function matchesGeneral(
  segments: readonly (readonly (string | null)[])[],
  path: string,
  end: number,
): boolean {
  const last = segments.length - 1;
  let at = take(segments[0] ?? [], path, 0, end);
  if (last === 0 || at === -1) return at === end;
  for (let index = 1; index < last; index++) {
    const segment = segments[index] ?? [];
    let start = at;
    let taken = take(segment, path, start, end);
    while (taken === -1 && start < end) taken = take(segment, path, ++start, end);
    if (taken === -1) return false;
    at = taken;
  }
  const tail = segments[last] ?? [];
  for (let start = at; start <= end; start++) {
    if (take(tail, path, start, end) === end) return true;
  }
  return false;
}

/** Takes one piece from `start` on; returns where it ends, or -1. */
function take(tokens: readonly (string | null)[], path: string, start: number, end: number): number {
  let at = start;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (typeof token === "string") {
      if (at + token.length > end || !path.startsWith(token, at)) return -1;
      at += token.length;
    } else {
      const stop = indexOfSlash(path, at, end);
      if (stop === at) return -1;
      at = stop;
    }
  }
  return at;
}

function indexOfSlash(path: string, from: number, end: number): number {
  const slash = path.indexOf("/", from);
  return slash === -1 || slash > end ? end : slash;
}
