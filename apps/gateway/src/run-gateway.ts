import { type GatewayConfig, parseGatewayConfig, type StartedBy } from "./config.ts";
import type { Log } from "./log.ts";
import { processAccessLog, processLog } from "./process-log.ts";
import { aborted, listenForStop, type StopRequest, type StopSource } from "./shutdown.ts";
import { type RunningGateway, startGateway } from "./start-gateway.ts";

export interface GatewayProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly startedBy: StartedBy;
  readonly stopSource: StopSource;
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  /** The access log's. */
  readonly stdout: { write(text: string): unknown };
  /** Awaited when nothing is in flight any more and before the database stops. */
  readonly onDrained?: () => Promise<void>;
  /** Runs once it listens; what it does is over when the gateway stops. */
  readonly onRunning?: (gateway: RunningGateway, config: GatewayConfig, stop: AbortSignal) => Promise<void>;
}

/** Runs a gateway until it is told to stop.
 * @returns the exit code: 0 stopped cleanly, 1 could not start or had to cut requests, 2 wrong configuration */
export async function runGateway(around: GatewayProcess): Promise<0 | 1 | 2> {
  const { env, startedBy, stderr } = around;
  const config = parseGatewayConfig(env, startedBy);
  if (!config.ok) {
    for (const mistake of config.error) stderr.write(`octavo: ${mistake}\n`);
    return 2;
  }
  const log = processLog(config.value, stderr);
  for (const warning of config.value.warnings) log.warn({ because: warning }, "configuration is odd");
  let replaceWorkers: RunningGateway["replaceWorkers"] = null;
  // A terminal that is closed sends the same signal, and means an end.
  const replaces = startedBy === "gateway" && config.value.workers > 1 && stderr.isTTY !== true;
  const request = listenForStop(around.stopSource, log, replaces ? () => void replaceWorkers?.() : null);
  try {
    return await runUntilStopped(around, config.value, log, request, (gateway) => {
      ({ replaceWorkers } = gateway);
    });
  } finally {
    request.letEnd();
  }
}

async function runUntilStopped(
  { onRunning, onDrained, stderr, stdout }: GatewayProcess,
  config: GatewayConfig,
  log: Log,
  request: StopRequest,
  onStarted: (gateway: RunningGateway) => void,
): Promise<0 | 1> {
  const access = processAccessLog(config, stdout);
  const started = await startGateway(config, {
    log,
    accessLog: access?.log ?? null,
    ...(onDrained !== undefined && { onDrained }),
    onProgress: (line) => stderr.write(`octavo: ${line}\n`),
    isGivenUp: request.stop,
  });
  if (!started.ok) {
    stderr.write(`octavo: ${started.error}\n`);
    return 1;
  }
  const gateway = started.value;
  onStarted(gateway);
  announceOperator(gateway.firstOperator, stderr);
  const running = onRunning?.(gateway, config, request.stop) ?? Promise.resolve();
  await aborted(request.stop);
  await running;
  const cut = await gateway.close(request.hurry);
  access?.flush();
  log.info({ requestsCut: cut }, "stopped");
  return cut === 0 ? 0 : 1;
}

/** A token that is kept nowhere is shown here, once, and not by the log: logs are collected and kept. */
function announceOperator(
  firstOperator: RunningGateway["firstOperator"],
  stderr: GatewayProcess["stderr"],
): void {
  if (firstOperator?.kind === "shown-once") {
    stderr.write(
      `octavo: the first operator's token, shown this once; keep it in a safe place:\n\n    ${firstOperator.token}\n\n`,
    );
  }
  if (firstOperator?.kind === "in-file")
    stderr.write(`octavo: the operator's token lies in ${firstOperator.path}\n`);
}
