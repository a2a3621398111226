/** Longer paths are cut: a line of the log must stay one that is written at once. */
const MOST_CHARACTERS = 1024;

/** An operator's token, and a token of a tenant (JWT): somebody has put it where it does not belong. */
const TOKENS = /oct_op_[\w-]*|eyJ[\w-]*\.[\w-]+(?:\.[\w-]*)?/g;

/** A path as others may see it: in the log, in spans. */
export function shownPath(path: string): string {
  const shown = path.replace(TOKENS, "[token]");
  return shown.length > MOST_CHARACTERS ? `${shown.slice(0, MOST_CHARACTERS)}...` : shown;
}
