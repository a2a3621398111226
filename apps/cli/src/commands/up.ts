import { err, ok } from "@octavo/result";
import { command } from "../command.ts";
import { saidAlready, type Failure } from "../exit-codes.ts";
import { preparePlatform } from "../prepare-platform.ts";
import { StopRelay } from "../stop-relay.ts";
import { upPage } from "../up-page.ts";

export const up = command({
  path: "up",
  summary: "runs a whole platform on this machine: database, gateway, a release, a tenant",
  description:
    "Without DATABASE_URL it starts its own PostgreSQL with its files in the data folder, for trial.\n" +
    "What exists already is kept and found again at the next start. Ctrl-C stops all of it.",
  examples: [
    { line: "up", says: "on http://127.0.0.1:9130, data in .octavo" },
    { line: "up --json", says: "the page at the end as JSON; progress stays on stderr" },
  ],
  operands: {},
  options: {},
  exits: {
    0: "stopped by a signal, cleanly",
    1: "could not start, or could not import the release",
    2: "the environment is wrong; all mistakes are said",
  },
  run: async ({ json }, context) => {
    const { env, terminal } = context;
    // Loaded here: commands that only call a gateway start faster without it.
    const { runGateway } = await import("@octavo/gateway");
    const stopSource = new StopRelay(process);
    const outcome: { failure: Failure | null; stops: (() => Promise<void>)[] } = { failure: null, stops: [] };
    try {
      const exitCode = await runGateway({
        env,
        startedBy: "up",
        stopSource,
        stderr: process.stderr,
        stdout: process.stdout,
        // Not earlier: requests that are in flight need them. Not later: they end with what they have in the database.
        onDrained: async () => {
          await Promise.all(outcome.stops.map((stop) => stop()));
        },
        onRunning: async (gateway, config, stop) => {
          const prepared = await preparePlatform(gateway, config, context);
          if (prepared.ok) {
            const { example, moduleHost } = prepared.value;
            outcome.stops = [example, moduleHost].flatMap((process) =>
              process === null ? [] : [process.stop],
            );
          }
          if (stop.aborted) return; // then it failed, if it did, because everything ends
          if (prepared.ok) {
            const { platform } = prepared.value;
            terminal.print(
              json ? JSON.stringify(platform, null, 2) : `\n${upPage(platform, terminal.paint)}`,
            );
            return;
          }
          outcome.failure = prepared.error;
          stopSource.stop("the platform could not be prepared");
        },
      });
      if (outcome.failure !== null) return err(outcome.failure);
      return exitCode === 0 ? ok(undefined) : err(saidAlready(exitCode));
    } finally {
      stopSource.letEnd();
    }
  },
});
