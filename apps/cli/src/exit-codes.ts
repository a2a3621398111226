/** What the exit code of every command tells a script. A command documents those it can end with. */
export const exitCodes = {
  0: "done",
  1: "failed: what went wrong is said on stderr",
  2: "wrong usage: unknown command, option or value; nothing was tried",
  3: "cannot reach the gateway",
  4: "not allowed: no operator token, or one without the role",
  5: "failed, and undone: the tenant has the modules of before",
  6: "waits for a human, who has to look at something first",
} as const;

export type ExitCode = keyof typeof exitCodes;

/** Why a command ended without doing what was asked. Printed on stderr by main.ts, in one place. */
export interface Failure {
  readonly exitCode: Exclude<ExitCode, 0>;
  /** What was tried, with which value, and how it went; null where it was said already. */
  readonly message: string | null;
  /** What to do about it; null where the message says it all. */
  readonly remedy: string | null;
}

export function failure(
  exitCode: Failure["exitCode"],
  message: string,
  remedy: string | null = null,
): Failure {
  return { exitCode, message, remedy };
}

/** For a command whose part that failed has spoken itself. */
export function saidAlready(exitCode: Failure["exitCode"]): Failure {
  return { exitCode, message: null, remedy: null };
}
