import { shellWord } from "./caller-folder.ts";
import { columns } from "./columns.ts";
import type { SignIn } from "./people/ensure-people.ts";
import type { Paint } from "./terminal.ts";

/** What is known once the platform of `octavo up` stands. */
export interface RunningPlatform {
  readonly version: string;
  readonly url: string;
  readonly tenantId: string;
  /** Null where nobody could look. */
  readonly knownModules: number | null;
  readonly release: string;
  /** As it is best typed: relative to the folder of the caller. */
  readonly installFile: string;
  /** Folder of the embedded database; null where DATABASE_URL names another. */
  readonly embeddedIn: string | null;
  readonly credential: CredentialPlace;
  readonly invocation: string;
  /** Options that a command of another terminal needs to find this platform, or none. */
  readonly extraOptions: readonly string[];
  /** A module that answers behind the gateway, or none. */
  readonly example: {
    readonly moduleId: string;
    /** Where it answers by itself. */
    readonly url: string;
    /** Below the gateway's URL. */
    readonly path: string;
  } | null;
  /** The tenant's administrator; null where nobody can sign in. */
  readonly signIn: SignIn | null;
  /** Ids of our modules that run here. */
  readonly ownModules: readonly string[];
}

export type CredentialPlace =
  | { readonly kind: "file"; readonly path: string }
  /** "shown-once" was printed when the gateway started, "none" is with somebody else. */
  | { readonly kind: "environment" | "open" | "shown-once" | "none" };

/** The page that `octavo up` ends with. */
export function upPage(platform: RunningPlatform, paint: Paint): string {
  const { url, embeddedIn, knownModules } = platform;
  const facts = [
    ["Gateway", url],
    ["Ready?", `${url}/_/health/ready`],
    ["API", `${url}/_/octavo/openapi.json`],
    ["Tenant", platform.tenantId],
    [
      "Modules",
      knownModules === null ? "not looked at" : `${knownModules} known, ${platform.release} among them`,
    ],
    ...(platform.example === null
      ? []
      : [
          [
            "Example",
            `${platform.example.moduleId} at ${platform.example.url}, enabled for ${platform.tenantId}`,
          ],
        ]),
    ...(platform.ownModules.length === 0 ? [] : [["Ours", platform.ownModules.join(", ")]]),
    ...(platform.signIn === null ? [] : [["Sign in", signInLine(platform.signIn)]]),
    ["Operator", credentialLine(platform.credential)],
    [
      "Database",
      embeddedIn === null ? "that of DATABASE_URL" : `embedded PostgreSQL, files in ${embeddedIn}`,
    ],
  ];
  const commands = commandsToTry(platform).map(({ line, says }) => `  ${line}\n      ${paint.dim(says)}`);
  return [
    `${paint.bold(`Octavo ${platform.version} is up.`)}\n${columns(facts, "  ")}`,
    ...(embeddedIn === null ? [] : [paint.warn(forTrial)]),
    `${paint.bold("Try next, in another terminal")}\n${commands.join("\n")}`,
    "Ctrl-C stops everything; the next start finds it again.",
  ].join("\n\n");
}

const forTrial =
  "The embedded database is for trial. In production set DATABASE_URL to a PostgreSQL that is backed up.";

interface CommandToTry {
  readonly line: string;
  readonly says: string;
}

function commandsToTry(platform: RunningPlatform): readonly CommandToTry[] {
  const { invocation, tenantId, installFile, extraOptions } = platform;
  const line = (words: string) => [invocation, words, ...extraOptions.map(shellWord)].join(" ");
  return [
    {
      line: line(`plan install ${tenantId} --file ${shellWord(installFile)}`),
      says: "the plan of the whole release, with a reason for every step",
    },
    exampleCall(platform) ?? {
      line: line("module list --columns id,provides,requires,routes"),
      says: "what is known",
    },
    { line: line("doctor"), says: "whether anything here wants mending" },
  ];
}

/** A call through the gateway, as the tenant's system operator. */
function exampleCall({ example, credential, url, tenantId }: RunningPlatform): CommandToTry | null {
  if (example === null) return null;
  const token =
    credential.kind === "file"
      ? `-H "X-Okapi-Token: $(cat ${shellWord(credential.path)})" `
      : tokenIfAny(credential);
  return {
    line: `curl -H "X-Okapi-Tenant: ${tenantId}" ${token}${url}${example.path}`,
    says: "a module's answer, through the gateway",
  };
}

function tokenIfAny({ kind }: CredentialPlace): string {
  return kind === "open" ? "" : '-H "X-Okapi-Token: $OCTAVO_OPERATOR_TOKEN" ';
}

function signInLine({ username, password }: SignIn): string {
  switch (password.kind) {
    case "made":
      return `as ${username}, password ${password.text} (shown this once: keep it)`;
    case "given":
      return `as ${username}, with the password of OCTAVO_ADMIN_PASSWORD`;
    case "kept":
      return `as ${username}, with the password of before`;
  }
}

function credentialLine(credential: CredentialPlace): string {
  switch (credential.kind) {
    case "file":
      return `token in ${credential.path} (octavo's commands look there)`;
    case "environment":
      return "the token of OCTAVO_OPERATOR_TOKEN";
    case "open":
      return "none needed: OCTAVO_MANAGEMENT_AUTH=open, on this machine only";
    case "shown-once":
      return "token shown above, this once: set OCTAVO_OPERATOR_TOKEN to it";
    case "none":
      return "there are some already: set OCTAVO_OPERATOR_TOKEN to a token of one of them";
  }
}
