import { mistakeOfUrl, parsePlacement, type PlacementConfig } from "@octavo/database";
import { type ObjectStorePlace, parseObjectStoreUrl } from "@octavo/object-store";
import { err, ok, type Result } from "@octavo/result";
import { type LogLevel, logLevels } from "../http/module-log.ts";
import { type KafkaPlace, kafkaPlaceOf } from "../outbox/kafka/kafka-place.ts";
import type { Retention } from "../tenant/retention.ts";
import { Environment } from "./environment.ts";

/** How a process hosts modules: parsed once, from the environment. */
export interface HostConfig {
  readonly host: string;
  /** Of the first module, the next ones count on; 0: whichever are free. */
  readonly port: number;
  readonly trust: { readonly kind: "network" } | { readonly kind: "token"; readonly keys: string };
  /** Where calls to other modules go; null: to the gateway that a request came from. */
  readonly gatewayUrl: string | null;
  readonly database: DatabaseConfig | null;
  /** Where files are kept. */
  readonly objects: ObjectStorePlace | null;
  /** Where events go; null: to the feed. */
  readonly kafka: KafkaPlace | null;
  readonly retention: Retention;
  readonly logLevel: LogLevel;
  readonly requestTimeoutMs: number;
  /** Between not being ready and taking no more connections. */
  readonly drainDelayMs: number;
  readonly drainGraceMs: number;
  readonly checksAnswers: boolean;
}

export interface DatabaseConfig {
  readonly url: string;
  readonly adminUrl: string | null;
  readonly budget: number;
  /** Whether the server is asked first if the budget fits; not behind a pooler, which has a bound of its own. */
  readonly reserves: boolean;
  readonly preparesStatements: boolean;
  /** Null: all in the database of `url`. */
  readonly placement: PlacementConfig | null;
}

const DAY_MS = 86_400_000;

/** @returns or every mistake, each with the variable's name */
export function parseHostConfig(
  env: Readonly<Record<string, string | undefined>>,
  readText: (path: string) => string,
): Result<HostConfig, readonly string[]> {
  const of = new Environment(env, readText);
  const config: HostConfig = {
    host: of.text("OCTAVO_MODULE_HOST") ?? "127.0.0.1",
    port: of.integer("OCTAVO_MODULE_PORT", 0, { least: 0, most: 65_535 }),
    trust: trustOf(of),
    gatewayUrl: of.url("OCTAVO_URL", of.text("OCTAVO_URL"), ["http:", "https:"]),
    database: databaseOf(of),
    objects: objectsOf(of),
    kafka: kafkaPlaceOf(of),
    retention: {
      contractDays: of.integer("OCTAVO_CONTRACT_DAYS", 30, { least: 1, most: 3650 }),
      trashDays: of.integer("OCTAVO_TRASH_DAYS", 30, { least: 1, most: 3650 }),
    },
    logLevel: of.oneOf("OCTAVO_LOG_LEVEL", logLevels, "info"),
    requestTimeoutMs: of.integer("OCTAVO_REQUEST_TIMEOUT_MS", 60_000, { least: 1, most: DAY_MS }),
    drainDelayMs: of.integer("OCTAVO_DRAIN_DELAY_MS", 0, { least: 0, most: DAY_MS }),
    drainGraceMs: of.integer("OCTAVO_DRAIN_GRACE_MS", 30_000, { least: 0, most: DAY_MS }),
    checksAnswers: of.oneOf("OCTAVO_CHECK_ANSWERS", ["on", "off"], "off") === "on",
  };
  // Read where they count, as the kit is loaded; here it is said what is wrong with them.
  of.oneOf("OCTAVO_CACHE", ["on", "off"], "on");
  of.integer("OCTAVO_SWEEP_SECONDS", 600, { least: 1, most: 86_400 });
  return of.mistakes.length === 0 ? ok(config) : err(of.mistakes);
}

function trustOf(of: Environment): HostConfig["trust"] {
  const keys = of.text("OCTAVO_GATEWAY_JWKS");
  if (of.oneOf("OCTAVO_TRUST", ["token", "network"], "token") === "network") {
    if (keys !== null) of.mistakes.push("OCTAVO_TRUST=network and OCTAVO_GATEWAY_JWKS exclude each other");
    return { kind: "network" };
  }
  if (keys === null) {
    of.mistakes.push(
      "OCTAVO_GATEWAY_JWKS is not set: give the gateway's key set, http://gateway:9130/_/octavo/keys or a file with it; under a real Okapi set OCTAVO_TRUST=network",
    );
  }
  return { kind: "token", keys: keys ?? "" };
}

/** Credentials are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the machine's own: the SDK finds them. */
function objectsOf(of: Environment): ObjectStorePlace | null {
  const text = of.text("OCTAVO_OBJECTS");
  if (text === null) return null;
  const parsed = parseObjectStoreUrl(text);
  if (parsed.ok) return parsed.value;
  of.mistakes.push(`OCTAVO_OBJECTS: ${parsed.error}`);
  return null;
}

function databaseOf(of: Environment): DatabaseConfig | null {
  const url = checkedUrl(of, "OCTAVO_DB_URL", of.secret("OCTAVO_DB_URL") ?? folioUrl(of));
  const adminUrl = checkedUrl(of, "OCTAVO_DB_ADMIN_URL", of.secret("OCTAVO_DB_ADMIN_URL"));
  const config = {
    adminUrl,
    budget: of.integer("OCTAVO_DB_BUDGET", 5, { least: 1, most: 1_000 }),
    reserves: of.oneOf("OCTAVO_DB_RESERVE", ["on", "off"], "on") === "on",
    preparesStatements: of.oneOf("OCTAVO_DB_PREPARE", ["on", "off"], "on") === "on",
    placement: placementOf(of, url),
  };
  if (url === null && adminUrl !== null)
    of.mistakes.push("OCTAVO_DB_ADMIN_URL is set and OCTAVO_DB_URL is not");
  return url === null ? null : { url, ...config };
}

/** One host, or several of one cluster. */
function checkedUrl(of: Environment, name: string, url: string | null): string | null {
  const mistake = url === null ? null : mistakeOfUrl(url);
  if (mistake !== null) of.mistakes.push(`${name} ${mistake}`);
  return mistake === null ? url : null;
}

function placementOf(of: Environment, url: string | null): PlacementConfig | null {
  const text = of.secret("OCTAVO_PLACEMENT");
  if (text === null || url === null) return null;
  const parsed = parsePlacement(text, url);
  if (parsed.ok) return parsed.value;
  of.mistakes.push(...parsed.error.map((mistake) => `OCTAVO_PLACEMENT: ${mistake}`));
  return null;
}

/** The variables of FOLIO's modules, where ours is not set. */
function folioUrl(of: Environment): string | null {
  const host = of.text("DB_HOST");
  if (host === null || of.text("OCTAVO_DB_URL") !== null || of.text("OCTAVO_DB_URL_FILE") !== null)
    return null;
  const port = of.integer("DB_PORT", 5432, { least: 1, most: 65_535 });
  const [username, database] = [of.text("DB_USERNAME"), of.text("DB_DATABASE")];
  if (username === null || database === null) {
    of.mistakes.push("DB_HOST is set: DB_USERNAME and DB_DATABASE are needed too");
    return null;
  }
  const password = of.secret("DB_PASSWORD") ?? "";
  const user = [username, password]
    .filter((each) => each !== "")
    .map(encodeURIComponent)
    .join(":");
  return `postgres://${user}@${host}:${port}/${encodeURIComponent(database)}`;
}
