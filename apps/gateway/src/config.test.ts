import { describe, expect, it } from "vitest";
import { type GatewayConfig, parseGatewayConfig, type StartedBy } from "./config.ts";
import { variables } from "./variables.ts";

type Environment = Readonly<Record<string, string>>;
const key = Buffer.alloc(32, 7).toString("base64");
const database = "postgres://octavo:hunter2@db.example:5432/octavo";

function configOf(env: Environment, startedBy: StartedBy = "gateway"): GatewayConfig {
  const config = parseGatewayConfig(env, startedBy, readText);
  if (!config.ok) throw new Error(config.error.join("\n"));
  return config.value;
}
function mistakesOf(env: Environment): readonly string[] {
  const config = parseGatewayConfig(env, "gateway", readText);
  return config.ok ? [] : config.error;
}
const files: Environment = {
  "/run/key": `${key}\n`,
  "/run/token": "file-token-of-32-characters-and-more\n",
  "/run/empty": "\n",
};
function readText(path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
  return text;
}

describe("a gateway's configuration", () => {
  it("needs nothing: every variable has a default, and it is frozen", () => {
    const config = configOf({});
    expect(config).toMatchObject({
      host: "0.0.0.0",
      port: 9130,
      dataDir: ".octavo",
      databaseUrl: null,
      managementAuth: "closed",
      family: "folio",
      operatorToken: null,
      key: null,
      corsOrigins: [],
      moduleNetworks: null,
      drainDelayMs: 5000,
      drainGraceMs: 30_000,
      logLevel: "info",
      warnings: [],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    ["gateway", {}, "0.0.0.0", 5000],
    ["up", {}, "127.0.0.1", 0],
    ["gateway", { OCTAVO_MANAGEMENT_AUTH: "open" }, "127.0.0.1", 0],
    ["gateway", { OCTAVO_MANAGEMENT_AUTH: "open", OCTAVO_HOST: "::1" }, "::1", 0],
    ["up", { OCTAVO_HOST: "0.0.0.0", OCTAVO_DRAIN_DELAY_MS: "7" }, "0.0.0.0", 7],
  ] as const)("%s with %j listens on %s and drains for %i ms", (startedBy, env, host, drainDelayMs) => {
    expect(configOf({ ...env }, startedBy)).toMatchObject({ host, drainDelayMs });
  });

  it("takes an empty variable for an unset one", () => {
    expect(configOf({ OCTAVO_PORT: "", OCTAVO_HOST: " " })).toMatchObject({ port: 9130, host: "0.0.0.0" });
  });

  it("reads secrets from the environment or from files", () => {
    expect(configOf({ OCTAVO_KEY: key, OCTAVO_OPERATOR_TOKEN: "x".repeat(32) })).toMatchObject({
      key: Buffer.alloc(32, 7),
      operatorToken: "x".repeat(32),
    });
    expect(configOf({ OCTAVO_KEY_FILE: "/run/key", OCTAVO_OPERATOR_TOKEN_FILE: "/run/token" })).toMatchObject(
      {
        key: Buffer.alloc(32, 7),
        operatorToken: "file-token-of-32-characters-and-more",
      },
    );
  });

  it("reads a list of origins, and an address without its last slash", () => {
    const env = {
      OCTAVO_CORS_ORIGINS: "https://a.example, http://b.example:3000",
      OCTAVO_MODULE_NETWORKS: "10.0.0.0/8, fd00::/8,192.168.1.7",
      OCTAVO_URL: "http://gw.example:9130/",
    };
    expect(configOf(env)).toMatchObject({
      corsOrigins: ["https://a.example", "http://b.example:3000"],
      moduleNetworks: ["10.0.0.0/8", "fd00::/8", "192.168.1.7"],
      url: "http://gw.example:9130",
    });
  });

  it("reads the variables that are listed for it, no more and no less", () => {
    const asked = new Set<string>();
    const env = new Proxy<Record<string, string | undefined>>(
      {},
      { get: (_, name) => void asked.add(String(name)) },
    );
    parseGatewayConfig(env);
    const listed = variables.filter(({ readBy }) => readBy === "gateway").map(({ name }) => name);
    expect([...asked].sort()).toEqual(listed.sort());
  });

  it("warns of variables that nobody reads", () => {
    expect(configOf({ OCTAVO_PROT: "1", OCTAVO_FOLIO_DATA: "/x", PATH: "/bin" }).warnings).toEqual([
      "OCTAVO_PROT is set, but nothing reads a variable of this name",
    ]);
  });
});

describe("a wrong configuration", () => {
  it.each([
    ["a port that is none", { OCTAVO_PORT: "http" }, /^OCTAVO_PORT .*0 to 65535.*"http"/],
    ["a port too high", { OCTAVO_PORT: "65536" }, /^OCTAVO_PORT /],
    ["a negative port", { OCTAVO_PORT: "-1" }, /^OCTAVO_PORT /],
    ["a host with a port", { OCTAVO_HOST: "localhost:9130" }, /^OCTAVO_HOST .*without port/],
    [
      "an unknown mode",
      { OCTAVO_MANAGEMENT_AUTH: "Open" },
      /^OCTAVO_MANAGEMENT_AUTH must be closed or open, not "Open"/,
    ],
    ["an unknown family", { OCTAVO_FAMILY: "okapi" }, /^OCTAVO_FAMILY must be octavo or folio, not "okapi"/],
    ["an unknown level", { OCTAVO_LOG_LEVEL: "loud" }, /^OCTAVO_LOG_LEVEL must be debug or info/],
    [
      "another database",
      { DATABASE_URL: "mysql://root:hunter2@db/x" },
      /^DATABASE_URL must be a PostgreSQL URL/,
    ],
    ["an address that is no URL", { OCTAVO_URL: "gw.example:9130" }, /^OCTAVO_URL /],
    ["an address with a password", { OCTAVO_URL: "http://a:b@gw.example" }, /^OCTAVO_URL /],
    ["a network that is none", { OCTAVO_MODULE_NETWORKS: "10.0.0.0/33" }, /^OCTAVO_MODULE_NETWORKS /],
    ["a name for a network", { OCTAVO_MODULE_NETWORKS: "10.0.0.1,modules" }, /^OCTAVO_MODULE_NETWORKS /],
    ["every origin", { OCTAVO_CORS_ORIGINS: "*" }, /^OCTAVO_CORS_ORIGINS .*no \*/],
    ["an origin with a path", { OCTAVO_CORS_ORIGINS: "https://a.example/x" }, /^OCTAVO_CORS_ORIGINS /],
    ["a short token", { OCTAVO_OPERATOR_TOKEN: "x".repeat(31) }, /^OCTAVO_OPERATOR_TOKEN .*32 characters/],
    ["a token with spaces", { OCTAVO_OPERATOR_TOKEN: "x y".repeat(20) }, /^OCTAVO_OPERATOR_TOKEN /],
    ["a key that is none", { OCTAVO_KEY: "secret" }, /^OCTAVO_KEY must be 32 bytes.*openssl rand/],
    [
      "a key's file that is not there",
      { OCTAVO_KEY_FILE: "/run/nothing" },
      /^OCTAVO_KEY_FILE .*cannot be read.*ENOENT/,
    ],
    [
      "a key's file that is empty",
      { OCTAVO_KEY_FILE: "/run/empty" },
      /^OCTAVO_KEY_FILE: what \/run\/empty holds must be/,
    ],
    [
      "a key twice",
      { OCTAVO_KEY: key, OCTAVO_KEY_FILE: "/run/key" },
      /^OCTAVO_KEY and OCTAVO_KEY_FILE are both set/,
    ],
    ["a grace that is no number", { OCTAVO_DRAIN_GRACE_MS: "30s" }, /^OCTAVO_DRAIN_GRACE_MS .*whole number/],
    [
      "a database without a key",
      { DATABASE_URL: database },
      /^OCTAVO_KEY .*missing.*openssl rand -base64 32/,
    ],
    [
      "open to the network",
      { OCTAVO_MANAGEMENT_AUTH: "open", OCTAVO_HOST: "0.0.0.0" },
      /^OCTAVO_HOST is 0\.0\.0\.0, but .*OCTAVO_MANAGEMENT_AUTH=closed/,
    ],
    [
      "open to a name that somebody else looks up",
      { OCTAVO_MANAGEMENT_AUTH: "open", OCTAVO_HOST: "gw.example" },
      /^OCTAVO_HOST /,
    ],
  ] as const)("is refused with what to do: %s", (_name, env, sentence) => {
    const mistakes = mistakesOf({ ...env });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(sentence);
  });

  it("is told as a whole", () => {
    const env = {
      OCTAVO_PORT: "x",
      OCTAVO_KEY: "y",
      OCTAVO_LOG_LEVEL: "z",
      OCTAVO_FAMILY: "u",
      DATABASE_URL: "w",
      OCTAVO_URL: "v",
    };
    const named = mistakesOf(env).map((mistake) => mistake.split(" ", 1).join());
    expect(named.sort()).toEqual(Object.keys(env).sort());
  });

  it("is told without its secrets", () => {
    const secrets = {
      OCTAVO_KEY: "s3cret-key",
      OCTAVO_OPERATOR_TOKEN: "s3cret-token",
      DATABASE_URL: "mysql://u:s3cret-pw@h/d",
    };
    expect(mistakesOf(secrets).join("\n")).not.toContain("s3cret");
    expect(mistakesOf(secrets)).toHaveLength(3);
  });

  it("needs no key in open mode, nor without a database of one's own", () => {
    expect(mistakesOf({ DATABASE_URL: database, OCTAVO_MANAGEMENT_AUTH: "open" })).toEqual([]);
    expect(mistakesOf({})).toEqual([]);
  });
});
