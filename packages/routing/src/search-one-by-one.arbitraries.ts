import type { ModuleDescriptor, RoutingEntry } from "@octavo/descriptor";

/** The plain meaning of routing, one entry after the other with regular expressions: what the compiled table must agree
 * with. Of the handlers that match, the one filed under the longest literal prefix wins, then the first. */
export function searchOneByOne(
  modules: readonly ModuleDescriptor[],
  method: string,
  target: string,
): RoutingEntry | null {
  const path = target.replace(/[?#].*$/s, "");
  let best: { entry: RoutingEntry; prefix: string } | null = null;
  for (const module of modules) {
    for (const provided of module.provides) {
      if (provided.type !== "proxy" && provided.type !== "internal") continue;
      for (const entry of provided.handlers) {
        if (!entry.methods.includes(method) && !entry.methods.includes("*")) continue;
        if (!matchesPlainly(entry, path)) continue;
        const prefix = plainPrefix(entry);
        if (best === null || prefix.length > best.prefix.length) best = { entry, prefix };
      }
    }
  }
  return best?.entry ?? null;
}

export function matchesPlainly(entry: Pick<RoutingEntry, "path" | "pathPattern">, path: string): boolean {
  if (entry.pathPattern === null) return path.startsWith(entry.path ?? "");
  let group = 0;
  const source = entry.pathPattern
    .split(/(\{[^}]*\}|\*)/)
    .map((part) => {
      if (part === "*") return "[^]*";
      if (!part.startsWith("{")) return part.replace(/[^A-Za-z0-9/]/g, "\\$&");
      group += 1;
      return `(?=([^/]+))\\${group}`; // a name gives nothing back: a lookahead is atomic
    })
    .join("");
  return new RegExp(`^${source}$`).test(path);
}

function plainPrefix(entry: RoutingEntry): string {
  if (entry.pathPattern === null) return "/";
  const literal = /^[^*{]*/.exec(entry.pathPattern)?.[0] ?? "";
  return literal === entry.pathPattern ? literal : literal.slice(0, literal.lastIndexOf("/") + 1);
}
