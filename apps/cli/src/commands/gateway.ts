import { err, ok } from "@octavo/result";
import { command } from "../command.ts";
import { saidAlready } from "../exit-codes.ts";

export const gateway = command({
  path: "gateway",
  summary: "runs one gateway instance, configured by the environment",
  description:
    "Any number of them share one database (DATABASE_URL). SIGTERM drains it, then ends it.\nThe variables: octavo help environment.",
  examples: [
    { line: "gateway", says: "embedded PostgreSQL in .octavo, on port 9130" },
    { line: "gateway --workers 4", says: "four processes serve; SIGHUP replaces them under load" },
    { line: "gateway --json", says: "the line that says it is ready, as JSON" },
  ],
  operands: {},
  options: {
    workers: {
      kind: "text",
      value: "N",
      help: "processes that serve connections, instead of OCTAVO_WORKERS; SIGHUP replaces them one by one",
    },
  },
  exits: {
    0: "stopped by a signal, cleanly",
    1: "could not start, or cut requests while stopping",
    2: "the environment is wrong; all mistakes are said",
  },
  run: async ({ options, json }, { env, terminal }) => {
    // Loaded here: commands that only call a gateway start faster without it.
    const { runGateway } = await import("@octavo/gateway");
    const exitCode = await runGateway({
      env: options.workers === undefined ? env : { ...env, OCTAVO_WORKERS: options.workers },
      startedBy: "gateway",
      stopSource: process,
      stderr: process.stderr,
      stdout: process.stdout,
      onRunning: async ({ url }) => terminal.print(json ? JSON.stringify({ url }) : `ready at ${url}`),
    });
    return exitCode === 0 ? ok(undefined) : err(saidAlready(exitCode));
  },
});
