import { processAccessLog, processLog } from "../process-log.ts";
import { logRegistryEvents } from "../registry-log.ts";
import { ParentLink } from "./parent-link.ts";
import { RunningWorker } from "./running-worker.ts";
import type { ToWorker } from "./messages.ts";

/** The program of a worker: `fork` starts it, a parent's first message tells it what to be. */

// A terminal sends Ctrl-C to everybody; when we end is the parent's to say.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => undefined);

let worker: RunningWorker | null = null;

const link = new ParentLink((message, connection) => {
  if (message.kind === "begin") worker = begin(message);
  else worker?.hear(message, connection);
});

function begin(message: Extract<ToWorker, { kind: "begin" }>): RunningWorker {
  link.removesWhenAlone(message.parentPath);
  const log = processLog(message.config, process.stderr);
  const access = processAccessLog(message.config, process.stdout);
  return new RunningWorker(link, message, { log, accessLog: access?.log ?? null }, logRegistryEvents(log));
}
