import { readFile } from "node:fs/promises";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { indexModules } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";
import type { Position } from "../apply-changes.ts";
import { messageOf } from "../database-failure.ts";
import { OpCodec } from "../logged-change.ts";
import { applyPatch, nothingYet, type SnapshotPatch } from "../snapshot-patch.ts";
import type { Snapshot } from "../snapshot.ts";
import { type FileHeader, readHeader } from "./file-header.ts";
import type { KeptFiles } from "./kept-files.ts";
import { unsealed } from "./seal.ts";
import { joined } from "./whole-in-slices.ts";
import type { KeptEnd, KeptSecret } from "./write-snapshot-file.ts";

/** A state that was kept for a start without the database. */
export interface KeptState {
  readonly snapshot: Snapshot;
  /** When it was last known to be what the database holds: by the database's clock, in milliseconds. */
  readonly confirmedAtMs: number;
  readonly signingSecrets: readonly KeptSecret[];
  /** Sessions that ended not long before that. */
  readonly endedSessions: readonly KeptEnd[];
  /** How long the reading took. */
  readonly readMs: number;
}

export interface RefusedFile {
  readonly path: string;
  /** In a sentence without its end. */
  readonly because: string;
}

export interface ReadState {
  /** null: none can be used. */
  readonly state: KeptState | null;
  readonly refused: readonly RefusedFile[];
}

export interface Reading {
  readonly files: KeptFiles;
  readonly internal: ModuleDescriptor;
  readonly maxAgeMs: number;
  /** Of this machine's clock: there is no other yet. */
  readonly nowMs: number;
  /** Only a state from before this revision will do; default: any. */
  readonly before?: number;
}

/** Reads the newest state that can be trusted. It is looked at as a whole before anything of it is believed. */
export async function readKeptState(reading: Reading): Promise<ReadState> {
  const { files } = reading;
  const refused: RefusedFile[] = [];
  const confirmed = await readLines(files.confirmation, "octavo-confirmation", files);
  if (!confirmed.ok) refused.push({ path: files.confirmation, because: confirmed.error });
  for (const path of [files.newest, files.previous]) {
    const state = await readState(path, confirmed.ok ? confirmed.value : null, reading);
    if (state.ok && state.value.snapshot.revision < (reading.before ?? Infinity))
      return { state: state.value, refused };
    const because = state.ok ? `it holds revision ${state.value.snapshot.revision}` : state.error;
    refused.push({ path, because });
  }
  return { state: null, refused };
}

interface Lines {
  readonly header: FileHeader;
  readonly rest: readonly string[];
}

async function readState(
  path: string,
  confirmed: Lines | null,
  { files, internal, maxAgeMs, nowMs }: Reading,
): Promise<Result<KeptState, string>> {
  const startedAt = performance.now();
  const read = await readLines(path, "octavo-snapshot", files);
  if (!read.ok) return read;
  const { header, rest } = read.value;
  const isConfirmed = confirmed !== null && isSame(confirmed.header.position, header.position);
  const confirmedAtMs = Math.max(header.atMs, isConfirmed ? confirmed.header.atMs : 0);
  const ageMs = nowMs - confirmedAtMs;
  if (ageMs > maxAgeMs) {
    return err(
      `it was last known to be right ${inWords(ageMs)} ago, and OCTAVO_SNAPSHOT_MAX_AGE_MS allows ${inWords(maxAgeMs)}`,
    );
  }
  try {
    const snapshot = snapshotOf(header.position, rest.slice(0, -1), internal);
    if (!snapshot.ok) return err(`no state comes out of it: ${snapshot.error}`);
    return ok({
      snapshot: snapshot.value,
      confirmedAtMs,
      signingSecrets: secretsIn(rest.at(-1)),
      // Also of another snapshot: that a session has ended stays true.
      endedSessions: confirmed === null ? [] : endsIn(confirmed.rest[0]),
      readMs: performance.now() - startedAt,
    });
  } catch (error) {
    return err(`it cannot be read: ${messageOf(error)}`);
  }
}

function snapshotOf(
  position: Position,
  lines: readonly string[],
  internal: ModuleDescriptor,
): Result<Snapshot, string> {
  const codec = new OpCodec(internal);
  const whole = joined(position, lines.map(patchIn));
  const put = whole.tenants.put.map(
    ([id, tenant]) => [id, { ...tenant, enabled: tenant.enabled.map(codec.known) }] as const,
  );
  const base: Snapshot = { ...nothingYet, modules: indexModules([internal]) };
  return applyPatch(base, { ...whole, tenants: { put, removed: [] } });
}

async function readLines(
  path: string,
  kind: FileHeader["kind"],
  files: KeptFiles,
): Promise<Result<Lines, string>> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return err(isMissing ? "there is none" : `it cannot be read: ${messageOf(error)}`);
  }
  const firstEnd = file.indexOf("\n");
  const header = readHeader(file.subarray(0, Math.max(0, firstEnd)).toString(), kind, files);
  if (!header.ok) return header;
  const content = unsealed(file, files.key);
  if (!content.ok) return content;
  return ok({ header: header.value, rest: linesOf(content.value, firstEnd + 1) });
}

/** By bytes: a whole file may be longer than a string can be. */
function linesOf(content: Uint8Array, from: number): readonly string[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const lines: string[] = [];
  for (let at = from; at < bytes.length;) {
    const end = bytes.indexOf("\n", at);
    lines.push(bytes.toString("utf8", at, end));
    at = end + 1;
  }
  return lines;
}

// Lines of a file that we sealed in this very version of its form.

function patchIn(line: string): SnapshotPatch {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sealed by us
  return JSON.parse(line) as SnapshotPatch;
}

function secretsIn(line = ""): readonly KeptSecret[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sealed by us
  return (JSON.parse(line) as { signingSecrets: readonly KeptSecret[] }).signingSecrets;
}

function endsIn(line = ""): readonly KeptEnd[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sealed by us
  return (JSON.parse(line) as { endedSessions: readonly KeptEnd[] }).endedSessions;
}

function isSame(one: Position, other: Position): boolean {
  return one.revision === other.revision && one.history === other.history && one.hash === other.hash;
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
