import { runCommandLine } from "./run-command-line.ts";
import { plainPaint } from "./terminal.ts";

/** What a command line printed, said and ended with. */
export interface CapturedRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, for tests of what it prints.
 * @param words as a shell would have split them; a string is split at blanks */
export async function capturedRun(
  words: string | readonly string[],
  env: Readonly<Record<string, string>> = {},
  confirm: (question: string) => Promise<boolean | null> = () => Promise.resolve(null),
): Promise<CapturedRun> {
  const output = { stdout: "", stderr: "" };
  const argv = typeof words === "string" ? words.split(" ").filter((word) => word !== "") : words;
  const exitCode = await runCommandLine(argv, {
    terminal: {
      print: (text) => void (output.stdout += `${text}\n`),
      say: (text) => void (output.stderr += `${text}\n`),
      paint: plainPaint,
    },
    confirm,
    env,
    version: "0.1.0",
    invocation: "octavo",
    folder: process.cwd(),
  });
  return { exitCode, ...output };
}
