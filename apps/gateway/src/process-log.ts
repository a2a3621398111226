import type { GatewayConfig } from "./config.ts";
import { createLog, type Log } from "./log.ts";

/** What this process tells of itself, on its stderr. */
export function processLog(
  { logLevel }: Pick<GatewayConfig, "logLevel">,
  stderr: { write(text: string): unknown; readonly isTTY?: boolean },
): Log {
  return createLog({
    level: logLevel,
    form: stderr.isTTY === true ? "human" : "json",
    // Log lines carry this machine's own time, as those of every other program on it do.
    now: () => new Date().getTime(),
    write: (line) => stderr.write(line),
  });
}
