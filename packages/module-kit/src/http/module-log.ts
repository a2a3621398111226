import pino, { type Logger } from "pino";
import type { Log } from "../definition/log.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A module's log: one line of JSON for each event, `moduleId` on each, and the fields of whoever asks. Its level can be changed while it
 * runs, and lines made for one request follow. */
export class ModuleLog implements Log {
  readonly #logger: Logger;
  readonly #fields: object;
  readonly #root: Logger;

  private constructor(root: Logger, fields: object) {
    this.#root = root;
    this.#logger = root;
    this.#fields = fields;
  }

  /** @param write takes whole lines */
  static open(moduleId: string, level: LogLevel, write: (line: string) => void): ModuleLog {
    const options = {
      level,
      base: { moduleId },
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    };
    return new ModuleLog(pino(options, { write }), {});
  }

  with(fields: object): ModuleLog {
    return new ModuleLog(this.#root, { ...this.#fields, ...fields });
  }

  get level(): string {
    return this.#root.level;
  }

  set level(level: string) {
    this.#root.level = level;
  }

  debug(fields: object, message: string): void {
    if (this.#logger.isLevelEnabled("debug")) this.#logger.debug(this.#shown(fields), message);
  }

  info(fields: object, message: string): void {
    if (this.#logger.isLevelEnabled("info")) this.#logger.info(this.#shown(fields), message);
  }

  warn(fields: object, message: string): void {
    if (this.#logger.isLevelEnabled("warn")) this.#logger.warn(this.#shown(fields), message);
  }

  error(fields: object, message: string): void {
    this.#logger.error(this.#shown(fields), message);
  }

  #shown(fields: object): object {
    return { ...this.#fields, ...(redacted(fields, 0) as object) }; // as: an object stays one
  }
}

const SECRET = /token|cookie|authorization|password|secret|^body$/iu;
/** A token or a connection string's password within a text. */
const SECRET_TEXT = /eyJ[\w-]+\.[\w-]+\.[\w-]+|oct_op_\w+|(?<=:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/gu;
const DEEPEST = 4;

/** What may stand in a log: no tokens, cookies, passwords or bodies, and of an error what it is, not the row that it was about. */
function redacted(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.replaceAll(SECRET_TEXT, "[redacted]");
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return errorFields(value, depth);
  if (depth >= DEEPEST) return "[deeper]";
  if (Array.isArray(value)) return value.map((each) => redacted(each, depth + 1));
  if (value instanceof Date) return value.toISOString();
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET.test(name) && typeof inner !== "number" ? "[redacted]" : redacted(inner, depth + 1),
    ]),
  );
}

/** `detail` of a `DatabaseError` has values of rows, and is left out. */
function errorFields(error: Error, depth: number): object {
  const { name, message, stack } = error;
  const known = ["code", "constraint", "table", "schema"].flatMap((key) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === "string" ? [[key, value]] : [];
  });
  return {
    name,
    message: redacted(message, depth),
    ...(Object.fromEntries(known) as object), // as: strings by name
    stack: redacted(stack ?? "", depth),
    ...(error.cause !== undefined && depth < DEEPEST && { cause: redacted(error.cause, depth + 1) }),
  };
}
