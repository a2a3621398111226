import { createLog } from "../log.ts";
import { parseGatewayConfig } from "../config.ts";
import { type RunningGateway, startGateway } from "../start-gateway.ts";

export interface GatewayInTest {
  readonly gateway: RunningGateway;
  /** Everything that it logged so far, down to debug, requests included. */
  readonly logged: () => string;
}

/** A gateway in this process, on a port of its own, that drains without delay. */
export async function gatewayInTest(env: Readonly<Record<string, string>>): Promise<GatewayInTest> {
  const config = parseGatewayConfig({
    OCTAVO_PORT: "0",
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_LOG_LEVEL: "debug",
    OCTAVO_DRAIN_DELAY_MS: "0",
    OCTAVO_DATABASE_WAIT_MS: "0",
    OCTAVO_WRITES_PER_SECOND: "0",
    OCTAVO_KEY: Buffer.alloc(32, 1).toString("base64"),
    ...env,
  });
  if (!config.ok) throw new Error(config.error.join("\n"));
  let lines = "";
  const log = createLog({ level: "debug", form: "json", now: () => 0, write: (line) => (lines += line) });
  const started = await startGateway(config.value, { log, accessLog: log });
  if (!started.ok) throw new Error(started.error);
  return { gateway: started.value, logged: () => lines };
}
