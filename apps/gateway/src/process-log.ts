import type { GatewayConfig } from "./config.ts";
import { BatchedLines } from "./exchange/batched-lines.ts";
import { createLog, type Log } from "./log.ts";

/** Where a log of requests goes: a line for each, in JSON, some of them at a time. */
export interface AccessLogging {
  readonly log: Log;
  /** Writes what is held. */
  flush(): void;
}

/** @returns null where it is off, or nobody would see its lines */
export function processAccessLog(
  { logLevel, accessLog }: Pick<GatewayConfig, "logLevel" | "accessLog">,
  stdout: { write(text: string): unknown },
): AccessLogging | null {
  if (accessLog === "off" || logLevel === "warn" || logLevel === "error") return null;
  const lines = new BatchedLines((text) => stdout.write(text));
  const log = createLog({ level: logLevel, form: "json", now, write: (line) => lines.add(line) });
  const flush = (): void => lines.flush();
  process.on("exit", flush);
  return { log, flush };
}

/** What this process tells of itself, on its stderr. */
export function processLog(
  { logLevel }: Pick<GatewayConfig, "logLevel">,
  stderr: { write(text: string): unknown; readonly isTTY?: boolean },
): Log {
  return createLog({
    level: logLevel,
    form: stderr.isTTY === true ? "human" : "json",
    now,
    write: (line) => stderr.write(line),
  });
}

/** Log lines carry this machine's own time, as those of every other program on it do. */
function now(): number {
  return new Date().getTime();
}
