import { randomUUID } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { GatewayConfig, RunningGateway } from "@octavo/gateway";
import { ok, type Result } from "@octavo/result";
import { shownPath } from "./caller-folder.ts";
import type { CommandContext } from "./command.ts";
import { importModules, knownModuleIds } from "./commands/module-import.ts";
import { ensureOwnModules } from "./own-modules/ensure-own-modules.ts";
import { findOwnModules } from "./own-modules/find-own-modules.ts";
import type { ModuleHostProcess } from "./own-modules/module-host-process.ts";
import { ensureExample, type RunningExample } from "./ensure-example.ts";
import { findExample } from "./example-process.ts";
import { accept, openConnection, type Connection } from "./connection.ts";
import type { Failure } from "./exit-codes.ts";
import { findRelease, type Release } from "./find-release.ts";
import { readModuleFiles } from "./module-files.ts";
import { ensurePeople, type SignIn } from "./people/ensure-people.ts";
import { readSampleBooks } from "./people/sample-books.ts";
import { readSamplePeople } from "./people/sample-people.ts";
import { readText } from "./read-json-file.ts";
import type { CredentialPlace, RunningPlatform } from "./up-page.ts";

const cliRoot = join(dirname(fileURLToPath(import.meta.url)), "..");
const repositoryRoot = join(cliRoot, "..", "..");

/** A platform, and what runs beside it. */
export interface PreparedPlatform {
  readonly platform: RunningPlatform;
  /** Null where it is not at hand, or the database is not of this machine alone. */
  readonly example: RunningExample | null;
  /** Our modules; null as above. */
  readonly moduleHost: ModuleHostProcess | null;
}

interface OwnPart {
  readonly moduleHost: ModuleHostProcess | null;
  readonly signIn: SignIn | null;
}

/** Imports a release and creates a tenant, where they are missing, through the API that everybody uses.
 * Without an operator's token nothing is looked at: the platform then stands as it was left. */
export async function preparePlatform(
  gateway: RunningGateway,
  config: GatewayConfig,
  context: CommandContext,
): Promise<Result<PreparedPlatform, Failure>> {
  const { env, invocation, version, terminal, folder } = context;
  const { token, credential } = findOwnCredential(gateway, config, folder);
  const connection = openConnection(gateway.url, token, [], invocation);
  const release = findRelease(repositoryRoot, cliRoot, env["OCTAVO_FOLIO_DATA"]);
  const tenantId = env["OCTAVO_DEMO_TENANT"] || "demo";
  let knownModules: number | null = null;
  let example: RunningExample | null = null;
  let moduleHost: ModuleHostProcess | null = null;
  let signIn: SignIn | null = null;
  if (credential.kind === "none") {
    terminal.say("octavo: no operator token is at hand, so nothing is imported or created");
  } else {
    const imported = await ensureRelease(release, connection, context);
    if (!imported.ok) return imported;
    const tenant = await ensureTenant(tenantId, connection, context);
    if (!tenant.ok) return tenant;
    // Other gateways on a database of one's own could not reach what runs here.
    const folderOfExample = config.databaseUrl === null ? findExample(repositoryRoot) : null;
    if (folderOfExample !== null) {
      const running = await ensureExample(folderOfExample, tenantId, connection, context);
      if (!running.ok) return running;
      example = running.value;
    }
    const ours = await ensureModulesAndPeople(gateway.embeddedDatabaseUrl, tenantId, connection, context);
    if (!ours.ok) return ours;
    ({ moduleHost, signIn } = ours.value);
    const known = await knownModuleIds(connection);
    if (!known.ok) return known;
    knownModules = known.value.size;
  }
  const platform = {
    version,
    url: gateway.url,
    tenantId,
    knownModules,
    release: release.title,
    installFile: shownPath(release.installFile, folder),
    embeddedIn: config.databaseUrl === null ? shownPath(config.dataDir, folder) : null,
    credential,
    invocation,
    extraOptions: extraOptions(gateway.url, config, credential),
    example: example?.isEnabled === true ? example : null,
    signIn,
    ownModules: moduleHost?.modules.map(({ id }) => id) ?? [],
  };
  return ok({ platform, example, moduleHost });
}

/** Our modules, and where they run, people. */
async function ensureModulesAndPeople(
  databaseUrl: string | null,
  tenantId: string,
  connection: Connection,
  context: CommandContext,
): Promise<Result<OwnPart, Failure>> {
  const files = findOwnModules(repositoryRoot);
  if (databaseUrl === null || files.length === 0) return ok({ moduleHost: null, signIn: null });
  const running = await ensureOwnModules({ files, tenantId, databaseUrl }, connection, context);
  if (!running.ok) return running;
  if (running.value === null) return ok({ moduleHost: null, signIn: null });
  const { host, hasEnabled } = running.value;
  const folioData = context.env["OCTAVO_FOLIO_DATA"];
  const people = () => readSamplePeople(repositoryRoot, cliRoot, folioData);
  const books = () => readSampleBooks(repositoryRoot, folioData);
  const signIn = await ensurePeople(
    { tenantId, people, books, hasNewModules: hasEnabled },
    connection,
    context,
  );
  if (signIn.ok) return ok({ moduleHost: host, signIn: signIn.value });
  await host.stop();
  return signIn;
}

function findOwnCredential(
  { operatorTokenFile, firstOperator }: RunningGateway,
  config: GatewayConfig,
  folder: string,
): { readonly token: string | null; readonly credential: CredentialPlace } {
  if (config.managementAuth === "open") return { token: null, credential: { kind: "open" } };
  if (config.operatorToken !== null)
    return { token: config.operatorToken, credential: { kind: "environment" } };
  if (firstOperator?.kind === "shown-once")
    return { token: firstOperator.token, credential: { kind: "shown-once" } };
  const text = operatorTokenFile === null ? null : readText(operatorTokenFile);
  if (operatorTokenFile === null || text?.ok !== true) return { token: null, credential: { kind: "none" } };
  return {
    token: text.value.trim(),
    credential: { kind: "file", path: shownPath(operatorTokenFile, folder) },
  };
}

async function ensureRelease(
  release: Release,
  connection: Connection,
  { terminal }: CommandContext,
): Promise<Result<void, Failure>> {
  const files = readModuleFiles([release.descriptorsDir]);
  if (!files.ok) return files;
  const before = await knownModuleIds(connection);
  if (!before.ok) return before;
  const missing = files.value.modules.filter(({ id }) => !before.value.has(id));
  if (missing.length === 0) return ok(undefined);
  terminal.say(`octavo: importing ${release.title}, ${missing.length} modules ...`);
  return importModules(files.value, connection, { isChecked: true });
}

async function ensureTenant(
  tenantId: string,
  connection: Connection,
  { terminal }: CommandContext,
): Promise<Result<void, Failure>> {
  const answer = await connection.client.tenants.get({ tenantId });
  if (answer.ok || answer.status !== 404) {
    const found = accept(answer, connection);
    return found.ok ? ok(undefined) : found;
  }
  terminal.say(`octavo: creating the tenant ${tenantId}`);
  const body = { id: tenantId, name: "Demo", description: "Created by octavo up" };
  const created = accept(
    await connection.client.tenants.create({ body, idempotencyKey: randomUUID() }),
    connection,
  );
  return created.ok ? ok(undefined) : created;
}

/** What a command in another terminal needs where this platform is not at the usual place. */
function extraOptions(url: string, config: GatewayConfig, credential: CredentialPlace): readonly string[] {
  const target = url === "http://127.0.0.1:9130" ? [] : ["--url", url];
  const isElsewhere = credential.kind === "file" && resolve(config.dataDir) !== resolve(".octavo");
  return isElsewhere ? [...target, "--token-file", credential.path] : target;
}
