import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { addressesWithin } from "@octavo/http-wire";
import { KEY_BYTES, parseKey } from "@octavo/identity";
import { defaultLogLimits, type LogLimits } from "@octavo/registry";
import type { Family } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";
import { EnvironmentReader } from "./environment-reader.ts";
import { isLoopbackHost } from "./loopback-host.ts";
import { logLevels, type LogLevel } from "./log.ts";
import { type MetricsMode, metricsModes } from "./metrics/gateway-metrics.ts";
import { unknownVariables } from "./variables.ts";

/** A gateway's configuration: read once, checked as a whole, frozen. */
export interface GatewayConfig {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly dataDir: string;
  /** null: embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | null;
  /** How long a database that is away is waited for at the start. */
  readonly databaseWaitMs: number;
  /** How old a kept state may be that a start without the database uses; 0: none is kept, none is used. */
  readonly snapshotMaxAgeMs: number;
  /** How long without contact to the database tokens from before it still count. */
  readonly authMaxAgeMs: number;
  readonly managementAuth: "open" | "closed";
  /** Whose product a plan takes where both families provide an interface and nothing else decides. */
  readonly family: Family;
  readonly operatorToken: string | null;
  /** 32 bytes that wrap what is secret in the database. null: generated in the data folder. */
  readonly key: Uint8Array | null;
  /** X-Okapi-Url, without a slash at the end. null: made from host and port. */
  readonly url: string | null;
  readonly nodeName: string | null;
  /** Origins of browsers that may call with credentials. Open mode reflects every origin, as Okapi does. */
  readonly corsOrigins: readonly string[];
  /** Networks that modules may be in, null where they may be anywhere. */
  readonly moduleNetworks: readonly string[] | null;
  readonly drainDelayMs: number;
  readonly drainGraceMs: number;
  /** Processes that serve connections; 1: this one does. */
  readonly workers: number;
  /** How long a module may take to answer the call of a timer. */
  readonly timerTimeoutMs: number;
  readonly logLevel: LogLevel;
  /** A line in JSON on stdout for each request. */
  readonly accessLog: "off" | "json";
  readonly metrics: MetricsMode;
  /** Answers say which modules were asked (X-Okapi-Trace), as Okapi's do with trace_headers. */
  readonly hasTraceHeaders: boolean;
  /** From the end of a request to the head of a module's answer, where the route says nothing else. */
  readonly moduleFirstByteMs: number;
  /** Longest pause of a module within a body, its own or the request's. */
  readonly moduleBodyIdleMs: number;
  /** Requests that this process has at one instance of a module at a time; more wait, tenants in turn. */
  readonly moduleInFlight: number;
  /** How many management writes this instance takes a second; 0: as many as come. */
  readonly writesPerSecond: number;
  /** How much of the log of changes stays. */
  readonly logLimits: LogLimits;
  /** An upper bound over each operation's own body limit. */
  readonly maxBodyBytes: number;
  /** What is odd but not wrong, for the log. */
  readonly warnings: readonly string[];
}

/** "up" is a laptop or one small library: loopback, and no balancer that would have to notice a drain. */
export type StartedBy = "up" | "gateway";

type Environment = Readonly<Record<string, string | undefined>>;

const MEBIBYTE = 1024 * 1024;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_AGE_MS = 30 * 24 * HOUR_MS;

/** Reads everything that configures a gateway.
 * @returns all mistakes together, one sentence each, with the variable's name and what to write instead */
export function parseGatewayConfig(
  env: Environment,
  startedBy: StartedBy = "gateway",
  readText: (path: string) => string = (path) => readFileSync(path, "utf8"),
): Result<GatewayConfig, string[]> {
  const reader = new EnvironmentReader(env, readText);
  const managementAuth = reader.oneOf("OCTAVO_MANAGEMENT_AUTH", ["closed", "open"], "closed");
  const staysHere = startedBy === "up" || managementAuth === "open";
  const databaseUrl = reader.parsed("DATABASE_URL", null, databaseUrlOf);
  const config: GatewayConfig = {
    host: reader.parsed("OCTAVO_HOST", staysHere ? "127.0.0.1" : "0.0.0.0", hostOf),
    port: reader.integer("OCTAVO_PORT", 9130, { least: 0, most: 65_535 }),
    dataDir: reader.text("OCTAVO_DATA_DIR") ?? ".octavo",
    databaseUrl,
    databaseWaitMs: reader.integer("OCTAVO_DATABASE_WAIT_MS", 30_000, { least: 0, most: 3_600_000 }),
    snapshotMaxAgeMs: reader.integer("OCTAVO_SNAPSHOT_MAX_AGE_MS", 24 * HOUR_MS, {
      least: 0,
      most: LONGEST_AGE_MS,
    }),
    authMaxAgeMs: reader.integer("OCTAVO_AUTH_MAX_AGE_MS", HOUR_MS / 4, {
      least: 1000,
      most: LONGEST_AGE_MS,
    }),
    managementAuth,
    family: reader.oneOf("OCTAVO_FAMILY", ["octavo", "folio"], "folio"),
    operatorToken: reader.secret("OCTAVO_OPERATOR_TOKEN", operatorTokenOf),
    key: reader.secret("OCTAVO_KEY", keyOf),
    url: reader.parsed("OCTAVO_URL", null, urlOf),
    nodeName: reader.text("OCTAVO_NODE_NAME"),
    corsOrigins: reader.parsed("OCTAVO_CORS_ORIGINS", [], originsOf),
    moduleNetworks: reader.parsed("OCTAVO_MODULE_NETWORKS", null, networksOf),
    drainDelayMs: reader.integer("OCTAVO_DRAIN_DELAY_MS", staysHere ? 0 : 5_000, { least: 0, most: 600_000 }),
    drainGraceMs: reader.integer("OCTAVO_DRAIN_GRACE_MS", 30_000, { least: 0, most: 3_600_000 }),
    workers: reader.integer("OCTAVO_WORKERS", 1, { least: 1, most: 64 }),
    timerTimeoutMs: reader.integer("OCTAVO_TIMER_TIMEOUT_MS", 300_000, { least: 100, most: 86_400_000 }),
    logLevel: reader.oneOf("OCTAVO_LOG_LEVEL", logLevels, "info"),
    accessLog: reader.oneOf("OCTAVO_ACCESS_LOG", ["off", "json"], startedBy === "up" ? "off" : "json"),
    metrics: reader.oneOf("OCTAVO_METRICS", metricsModes, "on"),
    hasTraceHeaders: reader.oneOf("OCTAVO_TRACE_HEADERS", ["off", "on"], "off") === "on",
    moduleFirstByteMs: reader.integer("OCTAVO_MODULE_FIRST_BYTE_MS", 60_000, { least: 100, most: 3_600_000 }),
    moduleBodyIdleMs: reader.integer("OCTAVO_MODULE_BODY_IDLE_MS", 60_000, { least: 100, most: 3_600_000 }),
    moduleInFlight: reader.integer("OCTAVO_MODULE_IN_FLIGHT", 256, { least: 1, most: 100_000 }),
    logLimits: logLimitsFrom(reader),
    writesPerSecond: reader.integer("OCTAVO_WRITES_PER_SECOND", 50, { least: 0, most: 100_000 }),
    maxBodyBytes: reader.integer("OCTAVO_MAX_BODY_BYTES", 16 * MEBIBYTE, {
      least: 1024,
      most: 1024 * MEBIBYTE,
    }),
    warnings: unknownVariables(env).map(
      (name) => `${name} is set, but nothing reads a variable of this name`,
    ),
  };
  const mistakes = [...reader.mistakes, ...contradictionsOf(config, reader)];
  return mistakes.length === 0 ? ok(Object.freeze(config)) : err(mistakes);
}

/** What is right by itself and wrong together. */
function contradictionsOf(config: GatewayConfig, reader: EnvironmentReader): string[] {
  const found: string[] = [];
  if (config.managementAuth === "open" && !isLoopbackHost(config.host)) {
    found.push(
      `OCTAVO_HOST is ${config.host}, but with OCTAVO_MANAGEMENT_AUTH=open everybody who reaches the gateway may do ` +
        "everything: leave OCTAVO_HOST out, or set OCTAVO_MANAGEMENT_AUTH=closed.",
    );
  }
  const needsKey = config.databaseUrl !== null && config.managementAuth === "closed";
  if (needsKey && config.key === null && !reader.isGiven("OCTAVO_KEY")) {
    found.push(
      "OCTAVO_KEY (or OCTAVO_KEY_FILE) is missing: with DATABASE_URL every instance needs the same key for what is secret " +
        `in the database. Make one and keep it safe: ${makeKey}`,
    );
  }
  return found;
}

const makeKey = "openssl rand -base64 32";

/** What DATABASE_URL may be. */
export function databaseUrlOf(text: string): Result<string, string> {
  // Never repeated in a message: it may hold a password.
  return /^postgres(?:ql)?:\/\/\S+$/.test(text)
    ? ok(text)
    : err("must be a PostgreSQL URL: postgres://user:password@host:5432/database");
}

function hostOf(text: string): Result<string, string> {
  const isName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text);
  return isIP(text) !== 0 || isName
    ? ok(text)
    : err(`must be an address or a host name without port, not "${text}"`);
}

function urlOf(text: string): Result<string, string> {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (url === null || !/^https?:$/.test(url.protocol) || !isPlain) {
    return err("must be where modules reach this gateway: http://host:9130");
  }
  return ok(text.replace(/\/+$/, ""));
}

function logLimitsFrom(reader: EnvironmentReader): LogLimits {
  const { mostRows, mostAgeMs, leastRows } = defaultLogLimits;
  const days = reader.integer("OCTAVO_CHANGE_LOG_DAYS", mostAgeMs / DAY_MS, { least: 1, most: 36_500 });
  return {
    ...defaultLogLimits,
    mostRows: reader.integer("OCTAVO_CHANGE_LOG_ROWS", mostRows, { least: leastRows, most: 1_000_000_000 }),
    mostAgeMs: days * DAY_MS,
  };
}

function originsOf(text: string): Result<readonly string[], string> {
  const origins = text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const wrong = origins.filter((each) => !URL.canParse(each) || new URL(each).origin !== each);
  return wrong.length === 0
    ? ok(origins)
    : err(
        `must list origins as browsers send them, https://library.example (no path, no *), not ${wrong.join(", ")}`,
      );
}

function networksOf(text: string): Result<readonly string[] | null, string> {
  const networks = text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  return networks.length > 0 && addressesWithin(networks) !== null
    ? ok(networks)
    : err(`must list addresses and networks, 10.0.0.0/8 or fd00::/8, with commas between, not "${text}"`);
}

function operatorTokenOf(text: string): Result<string, string> {
  return /^[!-~]{32,}$/.test(text)
    ? ok(text)
    : err(
        "must be 32 characters or more, letters, digits and punctuation without spaces: openssl rand -hex 32",
      );
}

export function keyOf(text: string): Result<Uint8Array, string> {
  const key = parseKey(text);
  return key === null
    ? err(`must be ${KEY_BYTES} bytes in base64 or hexadecimal. Make one: ${makeKey}`)
    : ok(key);
}
