import type { WriteStream } from "node:tty";

/** Where output goes: results on stdout, talk on stderr. */
export interface Terminal {
  /** A result, ended by a line break. */
  print(text: string): void;
  /** Progress, hints and complaints: a person reads them, a pipe does not get them. */
  say(text: string): void;
  /** How the result is drawn; plain where stdout is no terminal or NO_COLOR is set. */
  readonly paint: Paint;
}

export interface Paint {
  readonly bold: Draw;
  readonly dim: Draw;
  readonly good: Draw;
  readonly warn: Draw;
  readonly bad: Draw;
}

type Draw = (text: string) => string;

export const plainPaint: Paint = { bold: same, dim: same, good: same, warn: same, bad: same };

const colourPaint: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  good: sgr(32, 39),
  warn: sgr(33, 39),
  bad: sgr(31, 39),
};

/** @param env NO_COLOR with any value but the empty one, or TERM=dumb, turns colour off (https://no-color.org) */
export function choosePaint(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const isRefused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isTerminal && !isRefused ? colourPaint : plainPaint;
}

/** The terminal of a process. A reader that went away (`octavo module list | head`) is no error: the rest is dropped. */
export function processTerminal(
  streams: { readonly stdout: WriteStream; readonly stderr: WriteStream },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  for (const stream of [streams.stdout, streams.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
  return {
    print: (text) => void streams.stdout.write(`${text}\n`),
    say: (text) => void streams.stderr.write(`${text}\n`),
    paint: choosePaint(streams.stdout.isTTY, env),
  };
}

function same(text: string): string {
  return text;
}

function sgr(on: number, off: number): Draw {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}
