/** A desired permission with "*", which stands for any characters: the pieces between the stars. */
export type Glob = readonly string[];

export function compileGlob(text: string): Glob {
  return text.split("*");
}

/** The whole name has to match: mod-authtoken looks for a part that matches, so that "users.item.*" would let
 * "bl-users.item.get" through. Each piece is taken where it comes first, so the time is linear for each star. */
export function matchesGlob(glob: Glob, permission: string): boolean {
  const first = glob[0] ?? "";
  const last = glob.at(-1) ?? "";
  if (glob.length === 1) return permission === first;
  if (permission.length < first.length + last.length) return false;
  if (!permission.startsWith(first) || !permission.endsWith(last)) return false;
  const end = permission.length - last.length;
  let at = first.length;
  for (const piece of glob.slice(1, -1)) {
    const found = permission.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
