/** A pathPattern (or legacy path prefix) compiled for matching. The meaning is Okapi's (RoutingEntry.fastMatch):
 * `{name}` takes one or more characters up to the next "/" and gives none back, `*` takes any string, also "" and "/". */
export interface Pattern {
  readonly text: string;
  /** Where the table files it: the literal part up to the last "/" before the first wildcard, or the whole literal. */
  readonly prefix: string;
  readonly shape: PatternShape;
  /** For the shape "general": the text between stars, each a list of literals (strings) and names (null). */
  readonly segments: readonly (readonly (string | null)[])[];
}

/** The three shapes that nearly all real patterns have are matched without walking tokens; what they say holds for the
 * rest of the path behind `prefix`, which the table has found already. */
type PatternShape =
  | "literal" // the path is the prefix
  | "name" // the rest is one name: not empty, no "/"
  | "star" // any rest
  | "starts-with" // legacy path: any path that begins with `text`
  | "general";

export function compilePattern(text: string): Pattern {
  const wildcard = text.search(/[*{]/);
  if (wildcard === -1) return { text, prefix: text, shape: "literal", segments: [] };
  const prefix = text.slice(0, text.lastIndexOf("/", wildcard) + 1);
  const rest = text.slice(prefix.length);
  if (rest === "*") return { text, prefix, shape: "star", segments: [] };
  if (/^\{[^}]*\}$/.test(rest)) return { text, prefix, shape: "name", segments: [] };
  return { text, prefix, shape: "general", segments: text.split("*").map(tokens) };
}

/** A legacy `path`: a prefix without regard to "/" ("/foo" takes "/foobar"), filed where it is looked at last. */
export function compileLegacyPath(text: string): Pattern {
  return { text, prefix: "/", shape: "starts-with", segments: [] };
}

/** "/a/{b}/c" → ["/a/", null, "/c"]. Star characters never get here. */
function tokens(text: string): (string | null)[] {
  const found: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{", at);
    if (open === -1) {
      found.push(text.slice(at));
      break;
    }
    if (open > at) found.push(text.slice(at, open));
    found.push(null);
    const close = text.indexOf("}", open);
    at = close === -1 ? text.length : close + 1;
  }
  return found;
}
