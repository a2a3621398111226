import { relative, resolve } from "node:path";

/** The folder in which the user typed the command. npm runs a script in the folder of its package and tells in INIT_CWD
 * where it was called; the launcher (scripts/run.mjs) says that it was npm's script. */
export function callerFolder(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const typedIn = env["INIT_CWD"] ?? "";
  return env["OCTAVO_LAUNCHED"] === "1" && typedIn !== "" ? typedIn : cwd;
}

/** A path of the command line, as this process finds the file; as it was typed where that is the same, for messages. */
export function typedPath(path: string, folder: string): string {
  return resolve(folder) === process.cwd() ? path : resolve(folder, path);
}

/** A path of this process, as it is best typed in the caller's folder. */
export function shownPath(path: string, folder: string): string {
  const absolute = resolve(path);
  const fromHere = relative(folder, absolute) || ".";
  return fromHere.length < absolute.length ? fromHere : absolute;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w%+,./:=@-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
