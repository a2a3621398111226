import type { ModuleDescriptor } from "@octavo/descriptor";
import { OpCodec } from "../logged-change.ts";
import type { Snapshot } from "../snapshot.ts";
import type { SnapshotPatch } from "../snapshot-patch.ts";
import { type FileHeader, FORMAT_VERSION } from "./file-header.ts";
import type { KeptFiles } from "./kept-files.ts";
import { replaceFile } from "./replace-file.ts";
import { Seal } from "./seal.ts";
import { wholeInSlices } from "./whole-in-slices.ts";

/** What a gateway needs beside its snapshot to sign: the private part of a key, wrapped as in the database. */
export interface KeptSecret {
  readonly kid: string;
  readonly wrapped: string;
}

/** A session whose access tokens may still be about. */
export interface KeptEnd {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly endedAtMs: number;
}

export interface Writing {
  readonly files: KeptFiles;
  readonly program: string;
  /** By the database's clock. */
  readonly atMs: number;
}

/** Writes a whole snapshot beside the one before it, in pieces: nobody is held up by it.
 * @returns how many bytes
 * @throws what the file system says */
export function writeSnapshotFile(
  snapshot: Snapshot,
  secrets: readonly KeptSecret[],
  internal: ModuleDescriptor,
  writing: Writing,
): Promise<number> {
  const lines = function* (): Generator {
    yield headerOf("octavo-snapshot", snapshot, writing);
    const codec = new OpCodec(internal);
    for (const patch of wholeInSlices(snapshot)) yield storedForm(patch, internal, codec);
    yield { signingSecrets: secrets };
  };
  const { newest, previous } = writing.files;
  return replaceFile(newest, sealed(lines(), writing.files), previous);
}

/** Says that a snapshot is still what the database holds, and which sessions have ended since: both change while the
 * snapshot does not.
 * @throws what the file system says */
export async function writeConfirmation(
  snapshot: Snapshot,
  endedSessions: readonly KeptEnd[],
  writing: Writing,
): Promise<void> {
  const lines = [headerOf("octavo-confirmation", snapshot, writing), { endedSessions }];
  await replaceFile(writing.files.confirmation, sealed(lines, writing.files), null);
}

function headerOf(
  kind: FileHeader["kind"],
  snapshot: Snapshot,
  { files, program, atMs }: Writing,
): FileHeader {
  const { revision, history, hash } = snapshot;
  return {
    kind,
    version: FORMAT_VERSION,
    keyId: files.key.id,
    database: files.database,
    program,
    position: { revision, history, hash },
    atMs,
  };
}

/** The gateway's own module is named by its product, as in the database: a gateway of another version reads its own. */
function storedForm(patch: SnapshotPatch, internal: ModuleDescriptor, codec: OpCodec): SnapshotPatch {
  const added = patch.modules.added.filter(([id]) => id !== internal.id);
  const put = patch.tenants.put.map(
    ([id, tenant]) => [id, { ...tenant, enabled: tenant.enabled.map(codec.stored) }] as const,
  );
  return { ...patch, modules: { added, removed: [] }, tenants: { put, removed: [] } };
}

function* sealed(lines: Iterable<unknown>, { key }: KeptFiles): Generator<Uint8Array> {
  const seal = new Seal(key);
  for (const line of lines) {
    const piece = Buffer.from(`${JSON.stringify(line)}\n`);
    seal.add(piece);
    yield piece;
  }
  yield Buffer.from(seal.close());
}
