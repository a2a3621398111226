import { inspect } from "node:util";

/** One event: a constant message with fields. Values are plain; errors are given as their message.
 * Secrets and bodies are never passed in: a token is named by its operator's id. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export type LogLevel = "debug" | "info" | "warn" | "error";
export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export interface LogOptions {
  readonly level: LogLevel;
  /** "json" for programs, "human" for a terminal. */
  readonly form: "json" | "human";
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly write: (line: string) => void;
}

/** Every event is one line, whatever a value holds: line breaks and control characters are escaped, so that a caller
 * cannot write a second line into the log. */
export function createLog(options: LogOptions): Log {
  const least = logLevels.indexOf(options.level);
  const format = options.form === "json" ? jsonLine : humanLine;
  const at = (level: LogLevel) => (fields: LogFields, message: string) => {
    if (logLevels.indexOf(level) < least) return;
    options.write(`${format(new Date(options.now()).toISOString(), level, message, fields)}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return escapeControls(JSON.stringify({ time, level, message, ...fields }));
}

function humanLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`);
  return escapeControls([time.slice(11, 23), level.padEnd(5), message, ...shown].join(" "));
}

function plain(value: LogFields[string]): string {
  if (typeof value === "string" && /^[\w./:@-]+$/u.test(value)) return value;
  return inspect(value, { breakLength: Infinity, compact: true });
}

/** JSON.stringify leaves DEL, the C1 controls and the line separators of Unicode as they are; some terminals and log
 * collectors act on them. */
function escapeControls(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
