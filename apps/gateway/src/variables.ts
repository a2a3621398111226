/** An environment variable of ours. */
export interface Variable {
  readonly name: string;
  /** "gateway": configuration; "commands": of `octavo`; "internal": set by what starts us, no business of an operator. */
  readonly readBy: "gateway" | "commands" | "internal";
  /** What it is when unset, for people; "" where nothing follows from that. */
  readonly default: string;
  readonly help: string;
}

/** Every variable that Octavo reads, and nothing else: `octavo help environment`, docs/environment.md and the search for
 * misspelt names are made from it (config.test.ts holds it and the parser together). */
export const variables: readonly Variable[] = [
  {
    name: "DATABASE_URL",
    readBy: "gateway",
    default: "embedded, for trial",
    help: "PostgreSQL 15 to 18: postgres://user:password@host/database",
  },
  {
    name: "OCTAVO_HOST",
    readBy: "gateway",
    default: "127.0.0.1 (up), 0.0.0.0 (gateway)",
    help: "address that the gateway listens on",
  },
  {
    name: "OCTAVO_PORT",
    readBy: "gateway",
    default: "9130",
    help: "port that the gateway listens on; commands look there too",
  },
  {
    name: "OCTAVO_URL",
    readBy: "gateway",
    default: "from host and port",
    help: "where modules and commands reach the gateway",
  },
  {
    name: "OCTAVO_DATA_DIR",
    readBy: "gateway",
    default: ".octavo",
    help: "embedded database, key, first operator token; with DATABASE_URL the snapshot file",
  },
  {
    name: "OCTAVO_MANAGEMENT_AUTH",
    readBy: "gateway",
    default: "closed",
    help: "open: no credential needed, on this machine only",
  },
  {
    name: "OCTAVO_FAMILY",
    readBy: "gateway",
    default: "folio",
    help: "octavo or folio: whose product a plan takes where both provide an interface",
  },
  {
    name: "OCTAVO_DATABASE_WAIT_MS",
    readBy: "gateway",
    default: "30000",
    help: "longest wait for the database at the start; at most 10 s of it where a snapshot file can be used",
  },
  {
    name: "OCTAVO_SNAPSHOT_MAX_AGE_MS",
    readBy: "gateway",
    default: "86400000",
    help: "how old a snapshot file may be that a start without the database uses; 0: no such file",
  },
  {
    name: "OCTAVO_AUTH_MAX_AGE_MS",
    readBy: "gateway",
    default: "900000",
    help: "how long without the database tokens count that were signed before it was lost",
  },
  {
    name: "OCTAVO_OPERATOR_TOKEN",
    readBy: "gateway",
    default: "",
    help: "what commands send; for the gateway, a first operator",
  },
  { name: "OCTAVO_OPERATOR_TOKEN_FILE", readBy: "gateway", default: "", help: "the same, in a file" },
  {
    name: "OCTAVO_KEY",
    readBy: "gateway",
    default: "",
    help: "32 bytes that wrap secrets in the database; needed with DATABASE_URL",
  },
  { name: "OCTAVO_KEY_FILE", readBy: "gateway", default: "", help: "the same, in a file" },
  {
    name: "OCTAVO_NODE_NAME",
    readBy: "gateway",
    default: "",
    help: "name of this gateway among the others, for people",
  },
  {
    name: "OCTAVO_CORS_ORIGINS",
    readBy: "gateway",
    default: "none",
    help: "origins of browsers that may call, separated by commas",
  },
  {
    name: "OCTAVO_MODULE_NETWORKS",
    readBy: "gateway",
    default: "anywhere",
    help: "addresses and networks that modules may be in, with commas between: 10.0.0.0/8,fd00::/8",
  },
  {
    name: "OCTAVO_DRAIN_DELAY_MS",
    readBy: "gateway",
    default: "0 (up), 5000 (gateway)",
    help: "between not being ready and closing the listener",
  },
  {
    name: "OCTAVO_DRAIN_GRACE_MS",
    readBy: "gateway",
    default: "30000",
    help: "longest wait for requests in flight at the end",
  },
  {
    name: "OCTAVO_WORKERS",
    readBy: "gateway",
    default: "1",
    help: "processes that serve connections; from 2 on SIGHUP replaces them one by one",
  },
  {
    name: "OCTAVO_TIMER_TIMEOUT_MS",
    readBy: "gateway",
    default: "300000",
    help: "longest wait for a module's answer to the call of a timer",
  },
  { name: "OCTAVO_LOG_LEVEL", readBy: "gateway", default: "info", help: "debug, info, warn or error" },
  {
    name: "OCTAVO_ACCESS_LOG",
    readBy: "gateway",
    default: "off (up), json (gateway)",
    help: "off, or json: a line on stdout for each request; nothing above OCTAVO_LOG_LEVEL=info",
  },
  {
    name: "OCTAVO_METRICS",
    readBy: "gateway",
    default: "on",
    help: "off, on, or tenants to count requests by tenant, too; GET /_/metrics needs a viewer's token as bearer",
  },
  {
    name: "OCTAVO_TRACE_HEADERS",
    readBy: "gateway",
    default: "off",
    help: "on: answers name the modules that were asked, with their URLs and times (X-Okapi-Trace)",
  },
  {
    name: "OCTAVO_MODULE_FIRST_BYTE_MS",
    readBy: "gateway",
    default: "60000",
    help: "longest wait for the head of a module's answer; a descriptor may say more for a route",
  },
  {
    name: "OCTAVO_MODULE_BODY_IDLE_MS",
    readBy: "gateway",
    default: "60000",
    help: "longest pause of a module within a body",
  },
  {
    name: "OCTAVO_MODULE_IN_FLIGHT",
    readBy: "gateway",
    default: "256",
    help: "requests of one process that an instance of a module has at a time; more wait, tenants in turn",
  },
  {
    name: "OCTAVO_CHANGE_LOG_ROWS",
    readBy: "gateway",
    default: "100000",
    help: "changes that stay in the registry's log; of more the oldest go; at least 1000",
  },
  {
    name: "OCTAVO_CHANGE_LOG_DAYS",
    readBy: "gateway",
    default: "30",
    help: "how long changes stay in the registry's log; the last 1000 stay however old they are",
  },
  {
    name: "OCTAVO_WRITES_PER_SECOND",
    readBy: "gateway",
    default: "50",
    help: "management writes of one gateway; faster ones wait, then get 429; 0: no bound",
  },
  {
    name: "OCTAVO_MAX_BODY_BYTES",
    readBy: "gateway",
    default: "16777216",
    help: "largest request body of the management API",
  },
  {
    name: "OCTAVO_DEMO_TENANT",
    readBy: "commands",
    default: "demo",
    help: "tenant that octavo up creates",
  },
  {
    name: "OCTAVO_ADMIN_PASSWORD",
    readBy: "commands",
    default: "one is made and shown once",
    help: "of the first user that octavo up and octavo tenant admin create give a tenant",
  },
  {
    name: "OCTAVO_FOLIO_DATA",
    readBy: "commands",
    default: "../shared/folio",
    help: "where octavo up looks for release-a and sample-data, seen from the repository",
  },
  {
    name: "OCTAVO_LAUNCHED",
    readBy: "internal",
    default: "",
    help: "set to 1 by npm's scripts: commands are then printed as npm runs them",
  },
  {
    name: "OCTAVO_SOAK",
    readBy: "internal",
    default: "",
    help: "set by npm run soak: tests that take long run at full length",
  },
  {
    name: "OCTAVO_TEST_DATABASE_URL",
    readBy: "internal",
    default: "",
    help: "the PostgreSQL that the tests of one run share",
  },
];

const names: ReadonlySet<string> = new Set(variables.map(({ name }) => name));

/** How the names of variables begin that modules read, which may run beside the gateway. */
const ofModules =
  /^OCTAVO_(?:DB|MODULE|LOGIN|PWNED|FORGOTTEN|GATEWAY|TRUST|PLACEMENT|OBJECTS|REQUEST|CHECK|CACHE|SWEEP|EVENTS|CONTRACT|TRASH)(?:_|$)/u;

/** Variables that look like ours and that nobody reads, most likely misspelt.
 * @param others that are read besides the gateway's; without it whatever may be a module's */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  others?: readonly string[],
): readonly string[] {
  const isRead = (name: string): boolean =>
    names.has(name) || (others === undefined ? ofModules.test(name) : others.includes(name));
  return Object.keys(env)
    .filter((name) => name.startsWith("OCTAVO_") && !isRead(name))
    .sort();
}
