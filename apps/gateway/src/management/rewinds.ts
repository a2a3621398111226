import { randomUUID } from "node:crypto";
import type { JsonValue } from "@octavo/json";
import {
  acknowledgeRewind,
  type LostChange,
  proposeLost,
  readRewinds,
  type StoredRewind,
  writeAudit,
} from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { internalModule } from "../internal-module.ts";
import type { Call, Refusal, Reply } from "./handler.ts";
import type { Handler, Platform } from "./platform.ts";
import { notFound, refusedWrite } from "./refusals.ts";
import { json, presentFields } from "./reply.ts";
import { actorOf, intentOf } from "./write.ts";

/** Failovers of the database that lost acknowledged changes. */
export const listRewinds: Handler = async (_call, { registry }) => {
  const rewinds = await registry.read((client) => readRewinds(client));
  if (!rewinds.ok) return err(refusedWrite(rewinds.error));
  return ok(json(200, rewinds.value.map(shown)));
};

export const acknowledgeLoss: Handler = async (call, platform) => {
  const id = idOf(call);
  const done = await platform.registry.transaction(async (client) => {
    const isThere = await acknowledgeRewind(client, id, actorOf(call.caller));
    if (isThere) await writeAudit(client, randomUUID(), intentOf(call, id), null, "changed");
    return isThere;
  });
  if (!done.ok) return err(refusedWrite(done.error));
  return done.value ? showOne(id, platform) : notFound(id);
};

/** What was written stays written where it ends early; what is left may be proposed again. */
export const proposeLoss: Handler = async (call, platform) => {
  const id = idOf(call);
  const found = await showOne(id, platform);
  if (!found.ok) return found;
  const { requestId } = call;
  const proposer = { actor: actorOf(call.caller), requestId, internalModule: internalModule() };
  const proposed = await proposeLost(platform.registry, id, proposer);
  return proposed.ok ? showOne(id, platform) : err(refusedWrite(proposed.error));
};

function idOf({ params }: Call): string {
  return params["rewindId"] ?? "";
}

async function showOne(id: string, { registry }: Platform): Promise<Result<Reply, Refusal>> {
  const found = await registry.read((client) => readRewinds(client, id));
  if (!found.ok) return err(refusedWrite(found.error));
  const [rewind] = found.value;
  return rewind === undefined ? notFound(id) : ok(json(200, shown(rewind)));
}

function shown(rewind: StoredRewind): JsonValue {
  return presentFields([
    ["id", rewind.id],
    ["lostHistory", rewind.lostHistory],
    ["keptRevision", rewind.keptRevision],
    ["lostRevision", rewind.lostRevision],
    ["complete", rewind.isComplete],
    ["noticedAt", rewind.noticedAt],
    ["noticedBy", rewind.noticedBy],
    ["serverBefore", rewind.serverBefore],
    ["serverAfter", rewind.serverAfter],
    ["acknowledgedAt", rewind.acknowledgedAt],
    ["acknowledgedBy", rewind.acknowledgedBy],
    ["changes", rewind.changes.map(changeShown)],
  ]);
}

function changeShown(change: LostChange): JsonValue {
  return presentFields([
    ["revision", change.revision],
    ["at", change.at],
    ["actor", change.actor],
    ["action", change.action],
    ["target", change.target],
    [
      "ops",
      change.ops.map(({ kind, of }) =>
        presentFields([
          ["kind", kind],
          ["of", of],
        ]),
      ),
    ],
    ["outcome", change.outcome],
    ["because", change.because],
    ["proposedRevision", change.proposedRevision],
  ]);
}
