import { runGateway } from "./run-gateway.ts";

// A gateway by itself, as `octavo gateway` runs it.
process.exitCode = await runGateway({
  env: process.env,
  startedBy: "gateway",
  stopSource: process,
  stderr: process.stderr,
});
