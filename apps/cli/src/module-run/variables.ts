/** What `octavo module run` reads, as the module kit does; a test asks the kit. */
export const moduleVariables = [
  { name: "OCTAVO_MODULE_HOST", default: "127.0.0.1", help: "address that modules listen on" },
  { name: "OCTAVO_MODULE_PORT", default: "any", help: "port of the first module, the next ones count on" },
  {
    name: "OCTAVO_GATEWAY_JWKS",
    default: "with --register the gateway's",
    help: "the gateway's key set, by which callers are known: its URL (/_/octavo/keys) or a file with it",
  },
  {
    name: "OCTAVO_TRUST",
    default: "token",
    help: "network: headers are believed as they come, under a real Okapi; only the gateway may reach the module then",
  },
  {
    name: "OCTAVO_DB_URL",
    default: "no database",
    help: "PostgreSQL as the login of the process, which has no rights of its own",
  },
  { name: "OCTAVO_DB_URL_FILE", default: "", help: "the same, in a file" },
  {
    name: "OCTAVO_DB_ADMIN_URL",
    default: "",
    help: "PostgreSQL as a login that may make roles and schemas (CREATEROLE, CREATE): without it no tenant is enabled here",
  },
  { name: "OCTAVO_DB_ADMIN_URL_FILE", default: "", help: "the same, in a file" },
  { name: "OCTAVO_DB_BUDGET", default: "5", help: "connections of the process to all databases together" },
  {
    name: "OCTAVO_DB_RESERVE",
    default: "on",
    help: "off: the server is not asked first whether the budget fits, behind a pooler with a bound of its own",
  },
  {
    name: "OCTAVO_DB_PREPARE",
    default: "on",
    help: "off behind PgBouncer before 1.21 in transaction mode: no named statements",
  },
  {
    name: "OCTAVO_PLACEMENT",
    default: "all in the database of OCTAVO_DB_URL",
    help: "where tenants' data are, as JSON: clusters and rules by module, tenant or both",
  },
  { name: "OCTAVO_PLACEMENT_FILE", default: "", help: "the same, in a file" },
  { name: "DB_HOST", default: "", help: "FOLIO's names, where OCTAVO_DB_URL is not set" },
  { name: "DB_PORT", default: "5432", help: "the same" },
  { name: "DB_USERNAME", default: "", help: "the same" },
  { name: "DB_PASSWORD", default: "", help: "the same" },
  { name: "DB_PASSWORD_FILE", default: "", help: "the same, in a file" },
  { name: "DB_DATABASE", default: "", help: "the same" },
  {
    name: "OCTAVO_OBJECTS",
    default: "no files",
    help: "where files are kept: file:///a/folder, or s3://bucket?endpoint=https://host&region=R with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  },
  {
    name: "OCTAVO_EVENTS",
    default: "feed",
    help: "kafka: what modules tell others goes to the topics of KAFKA_HOST, and not to the feed in the tenant's schema",
  },
  {
    name: "KAFKA_HOST",
    default: "",
    help: "FOLIO's name, with OCTAVO_EVENTS=kafka: a broker, or several with commas",
  },
  { name: "KAFKA_PORT", default: "9092", help: "the same: of brokers without a port of their own" },
  {
    name: "KAFKA_SECURITY_PROTOCOL",
    default: "PLAINTEXT",
    help: "the same: no other is spoken; another value stops the start, so that nothing goes unsealed that was to be sealed",
  },
  { name: "ENV", default: "folio", help: "the same: begins the name of every topic" },
  { name: "REPLICATION_FACTOR", default: "the cluster's", help: "the same: of topics that are made" },
  { name: "KAFKA_DOMAIN_TOPIC_NUM_PARTITIONS", default: "50", help: "the same: of topics that are made" },
  {
    name: "OCTAVO_CONTRACT_DAYS",
    default: "30",
    help: "days after an upgrade until what only the version before used is taken away, into the trash",
  },
  {
    name: "OCTAVO_TRASH_DAYS",
    default: "30",
    help: "days until what was put into the trash, by a purge too, is removed for good",
  },
  {
    name: "OCTAVO_REQUEST_TIMEOUT_MS",
    default: "60000",
    help: "longest time of a handler of a module, then it is ended and the answer is 503",
  },
  {
    name: "OCTAVO_CHECK_ANSWERS",
    default: "off",
    help: "on: answers of a module that its schemas do not allow are 500, for tests",
  },
  {
    name: "OCTAVO_CACHE",
    default: "on",
    help: "off: modules keep nothing in memory, for tests; all must go on as before",
  },
  {
    name: "OCTAVO_SWEEP_SECONDS",
    default: "600",
    help: "how often each tenant is visited though nothing woke its module: for work whose wake was lost, and to clean up",
  },
] as const;
