import type { GatewayConfig } from "@octavo/gateway";
import type { Result } from "@octavo/result";
import { broken, fine, type Finding } from "./finding.ts";

/** What the gateway itself says about the environment: the same parser, so the same verdict as at its start. */
export function checkSettings(config: Result<GatewayConfig, readonly string[]>): readonly Finding[] {
  if (!config.ok)
    return config.error.map((mistake) => broken("Settings", mistake, "see: octavo help environment"));
  const { managementAuth, host, key, databaseUrl } = config.value;
  return [
    managementAuth === "open"
      ? fine("Access", `open: everybody on this machine may do everything; others cannot reach ${host}`)
      : fine("Access", "closed: the management API wants an operator token"),
    key === null
      ? fine(
          "Key",
          databaseUrl === null ? "in the data folder, made at the first start" : "none needed in open mode",
        )
      : fine("Key", "given by OCTAVO_KEY or OCTAVO_KEY_FILE"),
  ];
}
