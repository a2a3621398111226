import { setTimeout as delay } from "node:timers/promises";
import {
  type KeptFiles,
  keptFilesIn,
  type KeptState,
  openRegistry,
  openRegistryFromFile,
  readKeptState,
  type RefusedFile,
  type Registry,
  type RegistryOptions,
} from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "./config.ts";
import type { Log } from "./log.ts";

/** With a state in a file a database is not waited for longer than this: clients are waiting, too (reliability 2.5). */
const LONGEST_WAIT_WITH_FILE_MS = 10_000;

export interface OpenState {
  readonly registry: Registry;
  /** What it came from, where that was not the database. */
  readonly kept: KeptState | null;
}

export interface Waiting {
  readonly config: Pick<GatewayConfig, "databaseWaitMs" | "snapshotMaxAgeMs">;
  /** null: no state is kept here. */
  readonly files: KeptFiles | null;
  readonly log: Log;
  /** Ends the waiting: somebody wants this process to stop. */
  readonly isGivenUp: AbortSignal;
  /** Milliseconds of this machine's clock, for what is decided before a database has said what time it is. */
  readonly machineNow: () => number;
}

/** The embedded database starts with its gateway, so that it is never away by itself. */
export function keptFilesOf(config: GatewayConfig, octavoKey: Uint8Array): KeptFiles | null {
  const { databaseUrl, snapshotMaxAgeMs, dataDir } = config;
  return databaseUrl === null || snapshotMaxAgeMs === 0 ? null : keptFilesIn(dataDir, octavoKey, databaseUrl);
}

/** Opens the state, waiting for a database that is just starting too (a compose file starts both at once). Where it stays
 * away, the state that was kept in a file serves until it comes; one that answers, and is not fit, is never gone around. */
export async function openState(
  options: RegistryOptions,
  waiting: Waiting,
): Promise<Result<OpenState, string>> {
  const { files, config, log, isGivenUp } = waiting;
  const firstWaitMs =
    files === null ? config.databaseWaitMs : Math.min(config.databaseWaitMs, LONGEST_WAIT_WITH_FILE_MS);
  const startedAt = performance.now();
  const around = await openAroundQuarantine(options, waiting);
  if (around !== null) return ok(around);
  const opened = await waitForDatabase(options, startedAt + firstWaitMs, log, isGivenUp);
  if (opened.kind === "opened") return ok({ registry: opened.registry, kept: null });
  if (opened.kind === "unfit" || isGivenUp.aborted) return err(opened.message);
  if (files === null) return err(opened.message);

  const read = await readKeptState({
    files,
    internal: options.internalModule,
    maxAgeMs: config.snapshotMaxAgeMs,
    nowMs: waiting.machineNow(),
  });
  for (const { path, because } of read.refused) options.log({ kind: "snapshot-file-refused", path, because });
  if (read.state !== null) {
    const registry = openRegistryFromFile(options, read.state, waiting.machineNow());
    return ok({ registry, kept: read.state });
  }
  const last = await waitForDatabase(options, startedAt + config.databaseWaitMs, log, isGivenUp);
  if (last.kind === "opened") return ok({ registry: last.registry, kept: null });
  return err(last.kind === "unfit" ? last.message : `${last.message}. ${noFile(read.refused)}`);
}

/** What has ended this program twice is not loaded a third time, where a state from before it is kept.
 * @returns null where nothing is known to end it, or no such state is there: then it can only be tried again */
async function openAroundQuarantine(
  options: RegistryOptions,
  { files, config, machineNow }: Waiting,
): Promise<OpenState | null> {
  const quarantined = options.guard?.quarantined() ?? null;
  if (quarantined === null) return null;
  const { revision, because } = quarantined;
  const nowMs = machineNow();
  const { internalModule: internal } = options;
  const reading = { internal, maxAgeMs: config.snapshotMaxAgeMs, nowMs, before: revision };
  const state = files === null ? null : (await readKeptState({ ...reading, files })).state;
  options.log({
    kind: "revision-quarantined",
    revision,
    because,
    serves: state?.snapshot.revision ?? null,
  });
  if (state === null) return null;
  return { registry: openRegistryFromFile(options, state, nowMs, quarantined), kept: state };
}

type Waited =
  | { readonly kind: "opened"; readonly registry: Registry }
  /** "away": nobody answers; "unfit": it answers, and is not one that this program can work on. */
  | { readonly kind: "away" | "unfit"; readonly message: string };

async function waitForDatabase(
  options: RegistryOptions,
  givesUpAt: number,
  log: Log,
  isGivenUp: AbortSignal,
): Promise<Waited> {
  for (let pauseMs = 250; ; pauseMs = Math.min(2000, pauseMs * 2)) {
    const opened = await openRegistry(options);
    if (opened.ok) return { kind: "opened", registry: opened.value };
    const { kind, message } = opened.error;
    if (kind !== "unreachable") return { kind: "unfit", message };
    if (performance.now() + pauseMs >= givesUpAt || isGivenUp.aborted) return { kind: "away", message };
    log.warn({ cause: message }, "waiting for the database");
    await delay(pauseMs, undefined, { signal: isGivenUp }).catch(() => undefined);
  }
}

function noFile(refused: readonly RefusedFile[]): string {
  const reasons = refused.map(({ path, because }) => `${path}: ${because}`);
  return `Without it this gateway starts from a snapshot file only, and there is none to use (${reasons.join("; ")})`;
}
