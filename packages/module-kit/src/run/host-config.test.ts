import { describe, expect, it } from "vitest";
import { parseHostConfig } from "./host-config.ts";

const parse = (env: Record<string, string>) => parseHostConfig(env, (path) => `secret of ${path}\n`);
const network = { OCTAVO_TRUST: "network" };

describe("the configuration of a host", () => {
  it.each<[string, Record<string, string>, object]>([
    [
      "defaults",
      network,
      { host: "127.0.0.1", port: 0, trust: { kind: "network" }, database: null, checksAnswers: false },
    ],
    [
      "a gateway's keys",
      { OCTAVO_GATEWAY_JWKS: "http://g/_/octavo/keys" },
      { trust: { kind: "token", keys: "http://g/_/octavo/keys" } },
    ],
    [
      "a database",
      { ...network, OCTAVO_DB_URL: "postgres://a@h/d", OCTAVO_DB_BUDGET: "9" },
      { database: { url: "postgres://a@h/d", adminUrl: null, budget: 9 } },
    ],
    [
      "hosts of a cluster, and where tenants are",
      {
        ...network,
        OCTAVO_DB_URL: "postgres://a:b@one,two:5433/d",
        OCTAVO_PLACEMENT: '{"tenants": {"uni": {"database": "uni"}}}',
      },
      {
        database: {
          url: "postgres://a:b@one,two:5433/d",
          placement: { placement: { default: { database: "d" }, tenants: { uni: { database: "uni" } } } },
        },
      },
    ],
    [
      "FOLIO's names",
      { ...network, DB_HOST: "h", DB_USERNAME: "u@x", DB_PASSWORD: "p/w", DB_DATABASE: "d" },
      { database: { url: "postgres://u%40x:p%2Fw@h:5432/d" } },
    ],
    [
      "ours before FOLIO's",
      { ...network, OCTAVO_DB_URL: "postgres://a@h/d", DB_HOST: "other" },
      { database: { url: "postgres://a@h/d" } },
    ],
  ])("%s", (_of, env, config) => {
    expect(parse(env)).toMatchObject({ ok: true, value: config });
  });

  it("tells every mistake at once, and no secret", () => {
    const parsed = parse({
      OCTAVO_MODULE_PORT: "99999",
      OCTAVO_LOG_LEVEL: "loud",
      OCTAVO_DB_URL_FILE: "/run/secrets/db",
      OCTAVO_DB_ADMIN_URL: "postgres://a@h/d",
      OCTAVO_URL: "gateway",
    });
    const unplaced = parse({
      ...network,
      OCTAVO_DB_URL: "postgres://a@h/d",
      OCTAVO_PLACEMENT: '{"default": 1}',
    });
    expect(unplaced).toEqual({ ok: false, error: ["OCTAVO_PLACEMENT: default must be an object"] });
    expect(parsed.ok ? [] : parsed.error.map((mistake) => mistake.split(" ", 1)[0])).toEqual([
      "OCTAVO_MODULE_PORT",
      "OCTAVO_GATEWAY_JWKS",
      "OCTAVO_URL",
      "OCTAVO_DB_URL",
      "OCTAVO_DB_ADMIN_URL",
      "OCTAVO_LOG_LEVEL",
    ]);
    expect(JSON.stringify(parsed)).not.toContain("secret of");
  });
});
