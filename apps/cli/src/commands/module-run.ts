import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { HostConfig, ModuleHost } from "@octavo/module-kit";
import { err, ok, type Result } from "@octavo/result";
import { command } from "../command.ts";
import { connect, connectionExits, connectionOptions, type Connection } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";
import { announce, type Announced, withdraw } from "../module-run/announce.ts";
import { type Kit, loadModules } from "../module-run/load-modules.ts";
import { StopRelay } from "../stop-relay.ts";
import type { Terminal } from "../terminal.ts";

export const moduleRun = command({
  path: "module run",
  summary: "runs modules that are written with the module kit, each on a port of its own",
  description:
    "SIGTERM drains them: a gateway is told first, then requests in flight are answered.\n" +
    "The log is JSON on stderr. The variables: docs/environment.md, Modules.",
  examples: [
    { line: "module run src/module.ts --register", says: "and tells the gateway of this machine" },
    { line: "module run octavo-tags octavo-settings", says: "two installed packages in one process" },
    {
      line: "module run src/module.ts --port 8081",
      says: "on one port, for a gateway that is told by others",
    },
  ],
  operands: {
    modules: { kind: "many", label: "FILE|PACKAGE", help: "what exports a module, made by defineModule" },
  },
  options: {
    port: { kind: "text", value: "PORT", help: "of the first module, the next ones count on; default any" },
    register: {
      kind: "flag",
      help: "tell the gateway, with a token of role deployer, and take it back at the end",
    },
    ...connectionOptions,
  },
  exits: {
    0: "stopped by a signal, cleanly",
    1: "a module cannot be loaded or cannot start, or the gateway refuses it",
    ...connectionExits,
  },
  run: async ({ operands, options, json }, context) => {
    const loaded = await loadModules(operands.modules, context.folder);
    if (!loaded.ok) return loaded;
    const { kit, definitions } = loaded.value;
    const connected = options.register ? connect(options, context) : ok(null);
    if (!connected.ok) return connected;
    const connection = connected.value;
    const config = configOf(kit, context.env, options.port, connection);
    if (!config.ok) return config;
    const stopSource = new StopRelay(process);
    // Listened to from here on: a signal during the start ends what is started.
    const stop = new AbortController();
    for (const event of ["SIGTERM", "SIGINT", "disconnect"]) stopSource.once(event, () => stop.abort());
    try {
      const host = await start(kit, definitions, config.value);
      if (!host.ok) return host;
      const served = await serve(host.value, {
        kit,
        connection,
        terminal: context.terminal,
        json,
        stop: stop.signal,
      });
      await host.value.drain();
      return served;
    } finally {
      stopSource.letEnd();
    }
  },
});

function configOf(
  kit: Kit,
  env: Readonly<Record<string, string | undefined>>,
  port: string | undefined,
  connection: Connection | null,
): Result<HostConfig, Failure> {
  const isTrustSaid = env["OCTAVO_GATEWAY_JWKS"] !== undefined || env["OCTAVO_TRUST"] !== undefined;
  const parsed = kit.parseHostConfig(
    {
      ...env,
      ...(port !== undefined && { OCTAVO_MODULE_PORT: port }),
      ...(connection !== null && { OCTAVO_URL: connection.url }),
      // Whoever is told of a module is whose tokens it gets.
      ...(connection !== null && !isTrustSaid && { OCTAVO_GATEWAY_JWKS: `${connection.url}/_/octavo/keys` }),
    },
    (path) => readFileSync(path, "utf8"),
  );
  if (parsed.ok) return parsed;
  return err(failure(2, parsed.error.join("\n"), "the variables: docs/environment.md, Modules"));
}

async function start(
  kit: Kit,
  definitions: Parameters<Kit["startModules"]>[0],
  config: HostConfig,
): Promise<Result<ModuleHost, Failure>> {
  try {
    return ok(
      await kit.startModules(definitions, config, { write: (line) => void process.stderr.write(line) }),
    );
  } catch (cause) {
    return err(failure(1, `cannot start: ${cause instanceof Error ? cause.message : String(cause)}`));
  }
}

interface Serving {
  readonly kit: Kit;
  readonly connection: Connection | null;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly stop: AbortSignal;
}

/** @returns when it is told to stop and the gateway knows */
async function serve(
  host: ModuleHost,
  { kit, connection, terminal, json, stop }: Serving,
): Promise<Result<void, Failure>> {
  const modules = host.modules.map(({ id, url, definition }) => ({
    moduleId: id,
    url,
    descriptor: kit.descriptorOf(definition),
  }));
  const announced: { readonly module: Announced; readonly connection: Connection }[] = [];
  try {
    // A gateway that is told sends requests at once.
    await Promise.all(host.modules.map((module) => module.whenReady(stop))).catch(whereStopped);
    if (stop.aborted) return ok(undefined);
    if (connection !== null) {
      for (const module of modules) {
        const told = await announce(module, connection);
        if (!told.ok) return told;
        announced.push({ module, connection });
      }
    }
    for (const { moduleId, url, descriptor } of modules) {
      terminal.print(
        json ? JSON.stringify({ id: moduleId, url, descriptor }) : `${moduleId} listens on ${url}`,
      );
    }
    if (!stop.aborted) await once(stop, "abort");
    return ok(undefined);
  } finally {
    for (const { module, connection } of announced) {
      const told = await withdraw(module, connection);
      if (!told.ok) terminal.say(`octavo: ${module.moduleId} stays registered: ${told.error.message ?? ""}`);
    }
  }
}

/** @throws what is not the end of a wait */
function whereStopped(cause: unknown): void {
  if (!(cause instanceof Error && cause.name === "AbortError")) throw cause;
}
