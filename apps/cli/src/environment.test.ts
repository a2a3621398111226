import { parseGatewayConfig } from "@octavo/gateway";
import { describe, expect, it } from "vitest";
import { gatewayVariables } from "./environment.ts";

describe("the variables of octavo help environment", () => {
  it("are those that the gateway reads, no more and no less", () => {
    const asked = new Set<string>();
    const env = new Proxy<Record<string, string | undefined>>(
      {},
      {
        get(_, name) {
          asked.add(String(name));
          return undefined;
        },
      },
    );
    parseGatewayConfig(env, "gateway");
    expect(gatewayVariables.map(({ name }) => name).sort()).toEqual([...asked].sort());
  });
});
