import { columns } from "./columns.ts";

/** A variable that Octavo reads, for `octavo help environment` and for finding misspelt ones. */
interface Variable {
  readonly name: string;
  /** What it is when unset; "" where nothing follows from that. */
  readonly default: string;
  readonly help: string;
}

/** What the gateway reads is listed here, and nothing else (environment.test.ts holds the two together). */
export const gatewayVariables: readonly Variable[] = [
  {
    name: "DATABASE_URL",
    default: "embedded, for trial",
    help: "PostgreSQL 15 to 18: postgres://user:password@host/database",
  },
  {
    name: "OCTAVO_HOST",
    default: "127.0.0.1 (up), 0.0.0.0 (gateway)",
    help: "address that the gateway listens on",
  },
  { name: "OCTAVO_PORT", default: "9130", help: "port that the gateway listens on; commands look there too" },
  { name: "OCTAVO_URL", default: "from host and port", help: "where modules and commands reach the gateway" },
  { name: "OCTAVO_DATA_DIR", default: ".octavo", help: "embedded database, key, first operator token" },
  {
    name: "OCTAVO_MANAGEMENT_AUTH",
    default: "closed",
    help: "open: no credential needed, on this machine only",
  },
  { name: "OCTAVO_DATABASE_WAIT_MS", default: "30000", help: "longest wait for the database at the start" },
  {
    name: "OCTAVO_OPERATOR_TOKEN",
    default: "",
    help: "what commands send; for the gateway, a first operator",
  },
  { name: "OCTAVO_OPERATOR_TOKEN_FILE", default: "", help: "the same, in a file" },
  {
    name: "OCTAVO_KEY",
    default: "",
    help: "32 bytes that wrap secrets in the database; needed with DATABASE_URL",
  },
  { name: "OCTAVO_KEY_FILE", default: "", help: "the same, in a file" },
  { name: "OCTAVO_NODE_NAME", default: "", help: "name of this gateway among the others, for people" },
  {
    name: "OCTAVO_CORS_ORIGINS",
    default: "none",
    help: "origins of browsers that may call, separated by commas",
  },
  {
    name: "OCTAVO_DRAIN_DELAY_MS",
    default: "0 (up), 5000 (gateway)",
    help: "between not being ready and closing the listener",
  },
  { name: "OCTAVO_DRAIN_GRACE_MS", default: "30000", help: "longest wait for requests in flight at the end" },
  { name: "OCTAVO_LOG_LEVEL", default: "info", help: "debug, info, warn or error" },
  { name: "OCTAVO_MAX_BODY_BYTES", default: "16777216", help: "largest request body of the management API" },
];

const cliVariables: readonly Variable[] = [
  { name: "OCTAVO_DEMO_TENANT", default: "demo", help: "tenant that octavo up creates" },
  {
    name: "OCTAVO_FOLIO_DATA",
    default: "../shared/folio",
    help: "where octavo up looks for release-a, seen from the repository",
  },
  { name: "NO_COLOR", default: "", help: "any value: no colour" },
];

export const variables: readonly Variable[] = [...gatewayVariables, ...cliVariables];

export function environmentHelp(): string {
  return columns(
    variables.map((each) => [
      each.name,
      each.help + (each.default === "" ? "" : `; default ${each.default}`),
    ]),
    "  ",
  );
}
