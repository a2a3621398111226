import { columns } from "./columns.ts";

/** A variable that Octavo reads, for `octavo help environment` and for finding misspelt ones. */
interface Variable {
  readonly name: string;
  readonly default: string;
  readonly help: string;
}

/** Kept beside the gateway's parser by a test: what it reads is listed here, and nothing else. */
export const variables: readonly Variable[] = [
  {
    name: "DATABASE_URL",
    default: "",
    help: "PostgreSQL 15 to 18; unset: an embedded one in the data folder, for trial",
  },
  {
    name: "OCTAVO_HOST",
    default: "127.0.0.1 (up), 0.0.0.0 (gateway)",
    help: "address that the gateway listens on",
  },
  { name: "OCTAVO_PORT", default: "9130", help: "port that the gateway listens on; commands look there too" },
  { name: "OCTAVO_URL", default: "", help: "where modules and commands reach the gateway" },
  { name: "OCTAVO_DATA_DIR", default: ".octavo", help: "embedded database, key, first operator token" },
  { name: "OCTAVO_MANAGEMENT_AUTH", default: "closed", help: "open: no credential needed, on loopback only" },
  {
    name: "OCTAVO_OPERATOR_TOKEN",
    default: "",
    help: "operator token: what commands send, and a first one for the gateway",
  },
  { name: "OCTAVO_OPERATOR_TOKEN_FILE", default: "", help: "the same, in a file" },
  {
    name: "OCTAVO_KEY",
    default: "",
    help: "32 bytes that wrap secrets in the database; needed with DATABASE_URL",
  },
  { name: "OCTAVO_KEY_FILE", default: "", help: "the same, in a file" },
];

export function environmentHelp(): string {
  return columns(
    variables.map((each) => [
      each.name,
      each.help + (each.default === "" ? "" : ` (default: ${each.default})`),
    ]),
    "  ",
  );
}
