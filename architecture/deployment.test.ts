import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { variables } from "@octavo/gateway/variables";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const deploy = join(dirname(fileURLToPath(import.meta.url)), "../deploy");
const read = (path: string): string => readFileSync(join(deploy, path), "utf8");
const files = readdirSync(deploy, { recursive: true, encoding: "utf8" }).filter((path) =>
  statSync(join(deploy, path)).isFile(),
);

/** Names of the front of deploy/haproxy/haproxy.cfg: HAProxy reads them, no gateway does. */
const ofHaproxy = new Set(["OCTAVO_FRONT", "OCTAVO_GATEWAY_1", "OCTAVO_GATEWAY_2"]);
const known = new Set(variables.filter(({ readBy }) => readBy === "gateway").map(({ name }) => name));

describe("what deploy/ offers", () => {
  it.each(files)("%s sets no variable that no gateway reads", (path) => {
    const named = read(path).match(/\bOCTAVO_[A-Z0-9_]+/g) ?? [];
    expect(named.filter((name) => !known.has(name) && !ofHaproxy.has(name))).toEqual([]);
  });

  it("waits in systemd and compose as long as a drain may take, and no longer than rolling.md says", () => {
    const environment = read("systemd/octavo.env");
    const longest = millisecondsOf(environment, "DELAY") + millisecondsOf(environment, "GRACE") + 5000;
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(read("systemd/octavo.service"))?.[1]) * 1000).toBe(longest);
    const { services } = composed();
    for (const name of gateways) expect(services[name]).toMatchObject({ stop_grace_period: "40s" });
    expect(longest).toBe(40_000);
  });

  describe("as a compose file", () => {
    it("has three gateways that differ in nothing but name and data folder", () => {
      const { services } = composed();
      const alike = gateways.map((name) => JSON.stringify(services[name]).replaceAll(name, "gateway"));
      expect(new Set(alike).size).toBe(1);
    });

    it("runs gateways that cannot write to their root or gain a right", () => {
      for (const name of gateways) {
        expect(composed().services[name]).toMatchObject({
          read_only: true,
          cap_drop: ["ALL"],
          security_opt: ["no-new-privileges:true"],
        });
      }
    });

    it("declares every secret, volume and service that it names", () => {
      const { services, secrets, volumes } = composed();
      for (const service of Object.values(services)) {
        for (const secret of service.secrets ?? []) expect(Object.keys(secrets)).toContain(secret);
        const sources = (service.volumes ?? []).map((volume) => volume.split(":")[0] ?? "");
        for (const source of sources.filter((each) => !each.startsWith("."))) {
          expect(Object.keys(volumes)).toContain(source);
        }
        const needed = service.depends_on ?? [];
        for (const name of Array.isArray(needed) ? needed : Object.keys(needed)) {
          expect(Object.keys(services)).toContain(name);
        }
      }
    });

    it("balances by the very figures of deploy/haproxy", () => {
      const figures = (path: string): string[] =>
        read(path)
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => /^(timeout|retr|option|http-|default-server|balance)/.test(line));
      expect(figures("compose/haproxy.cfg")).toEqual(figures("haproxy/haproxy.cfg"));
    });
  });

  it("asks Patroni for what was measured", () => {
    expect(parse(read("patroni/patroni.yml"))).toMatchObject({
      bootstrap: {
        dcs: { ttl: 20, loop_wait: 5, retry_timeout: 5, failsafe_mode: true, synchronous_mode: true },
      },
      watchdog: { mode: "automatic" },
    });
  });
});

const gateways = ["gateway1", "gateway2", "gateway3"];

interface Composed {
  readonly services: Readonly<Record<string, ComposedService>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface ComposedService {
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
}

function composed(): Composed {
  // Our own file; a part that is missing fails the claim that reads it.
  return parse(read("compose/compose.yaml"), { merge: true }) as Composed;
}

function millisecondsOf(environment: string, which: "DELAY" | "GRACE"): number {
  return Number(new RegExp(`^OCTAVO_DRAIN_${which}_MS=(\\d+)$`, "m").exec(environment)?.[1]);
}
