import { err, ok, type Result } from "@octavo/result";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { applyChanges } from "./apply-changes.ts";
import { unstorableText, type PlainJson } from "./canonical-json.ts";
import type { Change } from "./change.ts";
import { digestOf } from "./descriptor-digest.ts";
import { hashOf, type LoggedChange, type Op, type OpCodec } from "./logged-change.ts";
import type { WriteIntent } from "./registry.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a write is about to commit, whole: the snapshot that everybody will have, and the row of the log. */
export interface Next {
  readonly snapshot: Snapshot;
  readonly change: LoggedChange;
}

/** Builds revision n+1 on `base` and checks it, before anything is written: a mistake that got into the log would stop
 * every instance at once.
 * @returns as the error, why the changes are poison */
export function buildNext(
  base: Snapshot,
  changes: readonly Change[],
  intent: WriteIntent,
  writeId: string,
  internal: ModuleDescriptor,
  codec: OpCodec,
): Result<Next, string> {
  const refusal = changes.map((change) => refusalOf(change, internal)).find((found) => found !== null);
  if (refusal !== undefined) return err(refusal);
  const change: LoggedChange = {
    revision: base.revision + 1,
    writeId,
    actor: intent.actor,
    action: intent.action,
    target: intent.target,
    mustUnderstand: true,
    ops: asLogged(codec.encode(changes)),
  };
  // Ops are plain JSON by their type; TypeScript sees interfaces, which have no index signature.
  const unstorable = unstorableText(change as unknown as PlainJson);
  if (unstorable !== null) return err(`PostgreSQL cannot keep the text ${JSON.stringify(unstorable)}`);
  // From what is logged, not from what was asked: exactly what every follower will do.
  const added = new Map(
    changes.flatMap((change) =>
      change.kind === "module.added" ? [[digestOf(change.module), change.module]] : [],
    ),
  );
  const decoded = codec.decode(change.ops, (_id, digest) => added.get(digest));
  if (!decoded.ok) return decoded;
  const position = { revision: change.revision, history: base.history, hash: hashOf(base.hash, change) };
  const applied = applyChanges(base, decoded.value, position);
  return applied.ok ? ok({ snapshot: applied.value, change }) : applied;
}

/** As it will come back from jsonb. */
function asLogged(ops: readonly Op[]): readonly Op[] {
  return JSON.parse(JSON.stringify(ops)) as readonly Op[]; // a copy of what was given
}

/** The internal module is what this program is: it has no row that could come or go. */
function refusalOf(change: Change, internal: ModuleDescriptor): string | null {
  if (change.kind === "module.removed" && change.moduleId === internal.id) {
    return `module ${internal.id} is the gateway itself`;
  }
  if (change.kind === "module.added" && unstorableText(change.module.source) !== null) {
    return `PostgreSQL cannot keep the descriptor of ${change.module.id}: it holds a NUL or half a surrogate pair`;
  }
  return null;
}
