import type { ModuleDescriptor } from "@octavo/descriptor";
import { err, ok, type Result } from "@octavo/result";
import type { PoolClient } from "pg";
import { applyChanges } from "../apply-changes.ts";
import type { Change } from "../change.ts";
import { digestOf } from "../descriptor-digest.ts";
import { OpCodec, unknownKindOf, type Op } from "../logged-change.ts";
import { parseStoredDescriptor } from "../parse-stored-descriptor.ts";
import type { Decision, Registry, WriteError, WriteIntent } from "../registry.ts";
import type { Snapshot } from "../snapshot.ts";
import { touchedBy } from "./touched-by.ts";

/** Who asks for it, and the module that the gateway is. */
export interface Proposer {
  readonly actor: string;
  readonly requestId: string | null;
  readonly internalModule: ModuleDescriptor;
}

/** Writes lost changes once more, oldest first, each by itself: those that still make sense. What was done to the same
 * thing since is newer than what was lost, and stays. What came of each is kept beside it.
 * @returns as the error, why it ended before all were tried; those that were stay written */
export async function proposeLost(
  registry: Registry,
  rewindId: string,
  proposer: Proposer,
): Promise<Result<void, WriteError>> {
  const read = await registry.read((client) => readOpen(client, rewindId));
  if (!read.ok) return read;
  for (const lost of read.value) {
    const intent: WriteIntent = {
      actor: `${proposer.actor} for ${lost.actor}`,
      action: lost.action,
      target: lost.target,
      requestId: proposer.requestId,
      // Two who propose at once write it once.
      idempotency: { key: `rewind:${rewindId}:${lost.writeId}`, fingerprint: lost.writeId },
    };
    const newer = await registry.read((client) => readNewer(client, rewindId));
    if (!newer.ok) return newer;
    if (newer.value === null) {
      const forgotten = "the log no longer has all that was changed since: compare, and make it by hand";
      const noted = await registry.transaction((client) => refuse(client, lost, forgotten));
      if (!noted.ok) return noted;
      continue;
    }
    const since = newer.value;
    const written = await registry.write<Refused>(intent, (snapshot) =>
      decide(lost, since, snapshot, proposer.internalModule),
    );
    if (written.ok) continue;
    const because = reasonOf(written.error);
    if (because === null) return err(written.error as WriteError); // what has no reason of its own is the registry's
    const noted = await registry.transaction((client) => refuse(client, lost, because));
    if (!noted.ok) return noted;
  }
  return ok(undefined);
}

interface Refused {
  readonly kind: "refused";
  readonly because: string;
}

/** @returns null where it was not the change that was refused */
function reasonOf(error: Refused | WriteError): string | null {
  if (error.kind === "refused") return error.because;
  return error.kind === "poison" || error.kind === "not-finalized" ? error.cause : null;
}

interface Lost {
  readonly rewindId: string;
  readonly writeId: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly ops: readonly Op[];
  readonly modules: Readonly<Record<string, string>>;
}

function decide(
  lost: Lost,
  newer: ReadonlyMap<string, string>,
  snapshot: Snapshot,
  internalModule: ModuleDescriptor,
): Result<Decision, Refused> {
  const overtaken = lost.ops.flatMap(touchedBy).find((thing) => newer.has(thing));
  if (overtaken !== undefined) return refused(`${overtaken} was changed since: ${newer.get(overtaken)}`);
  const changes = changesOf(lost, internalModule);
  if (!changes.ok) return refused(changes.error);
  const applied = applyChanges(snapshot, changes.value, { ...snapshot, revision: snapshot.revision + 1 });
  if (!applied.ok) return refused(applied.error);
  return ok({
    changes: changes.value,
    answer: "",
    alsoWrite: async (client, revision) => {
      await client.query(
        `update octavo.lost_change set outcome = 'proposed', because = null, proposed_revision = $3
         where rewind_id = $1 and write_id = $2`,
        [lost.rewindId, lost.writeId, revision],
      );
    },
  });
}

function changesOf(
  { ops, modules }: Lost,
  internalModule: ModuleDescriptor,
): Result<readonly Change[], string> {
  const unknown = unknownKindOf(ops);
  if (unknown !== null) return err(`this program does not know a change of the kind ${unknown}`);
  if (ops.some(({ kind }) => kind === "signing-key.put")) {
    return err("the private part of the signing key is lost with it; the gateways have made another key");
  }
  const decoded = new OpCodec(internalModule).decode(ops, (id, digest) => {
    const text = modules[id];
    const module = text === undefined ? null : parseStoredDescriptor(id, text);
    return module?.ok === true && digestOf(module.value) === digest ? module.value : undefined;
  });
  return decoded.ok
    ? decoded
    : err(`nobody has the descriptor of ${decoded.error} any more: import it again`);
}

function refused(because: string): Result<never, Refused> {
  return err({ kind: "refused", because });
}

async function readOpen(client: PoolClient, rewindId: string): Promise<readonly Lost[]> {
  const { rows } = await client.query<Lost>(
    `select rewind_id as "rewindId", write_id as "writeId", actor, action, target, ops, modules
     from octavo.lost_change where rewind_id::text = $1 and outcome <> 'proposed' order by revision`,
    [rewindId],
  );
  return rows;
}

/** What was changed since the loss by anything but a proposal of it: the thing, and by whom; null where the log begins
 * after the loss (an open one holds the log, one that was acknowledged does not). */
async function readNewer(client: PoolClient, rewindId: string): Promise<ReadonlyMap<string, string> | null> {
  const cut = await client.query(
    `select from octavo.rewind r join octavo.change_cut cut on cut.revision > r.kept_revision where r.id::text = $1`,
    [rewindId],
  );
  if (cut.rowCount !== 0) return null;
  const { rows } = await client.query<{ revision: string; actor: string; ops: readonly Op[] }>(
    `select c.revision, c.actor, c.ops from octavo.change c
     join octavo.rewind r on r.id::text = $1 and c.revision > r.kept_revision
     where not exists (select from octavo.lost_change l where l.rewind_id = r.id and l.proposed_revision = c.revision)
     order by c.revision`,
    [rewindId],
  );
  const newer = new Map<string, string>();
  for (const { revision, actor, ops } of rows) {
    for (const thing of ops.flatMap(touchedBy)) newer.set(thing, `revision ${revision} by ${actor}`);
  }
  return newer;
}

async function refuse(client: PoolClient, { rewindId, writeId }: Lost, because: string): Promise<void> {
  await client.query(
    `update octavo.lost_change set outcome = 'refused', because = $3
     where rewind_id = $1 and write_id = $2 and outcome <> 'proposed'`,
    [rewindId, writeId, because],
  );
}
