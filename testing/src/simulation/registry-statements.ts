import type { ChangeRow, InstanceRow } from "./rows.ts";
import { type Answer, answer, changed, nothing, type Statements } from "./statement.ts";
import type { Transaction } from "./transaction.ts";

/** Key of a table's only row. */
export const ONLY = "only";

const POSITION =
  "select counter, history, hash, (select value from octavo.meta where name = 'active_protocol') as protocol from octavo.revision";

/** What `packages/registry` sends. */
export const registryStatements: Statements = {
  "select current_setting('server_version')": () =>
    answer([{ version: "15.0", number: "150000", encoding: "UTF8", name: "simulated" }]),
  "select pg_advisory_xact_lock": (transaction) => {
    transaction.lock("advisory", ONLY, "exclusive");
    return nothing;
  },
  "select to_regclass('octavo.migration')": () => answer([{ exists: true }]),
  // Every table is there from the beginning.
  create: () => nothing,
  alter: () => nothing,
  "insert into octavo.migration": (transaction, values) => {
    const version = values.number(1);
    transaction.put("migration", String(version), {
      version,
      name: values.text(2),
      checksum: values.text(3),
    });
    return changed(1);
  },
  "select version, name, checksum from octavo.migration": (transaction) =>
    answer(transaction.all("migration").map(([, row]) => row)),

  "select value from octavo.meta where name = 'active_protocol' for share": (transaction) => {
    transaction.lock("meta", "active_protocol", "share");
    return answer([{ value: transaction.get("meta", "active_protocol")?.value }]);
  },
  "select (select value from octavo.meta where name = 'active_protocol') as protocol, (select count(*)": (
    transaction,
    _values,
    { server },
  ) =>
    answer([
      {
        protocol: transaction.get("meta", "active_protocol")?.value,
        open_rewinds: transaction.all("rewind").filter(([, row]) => !row.isAcknowledged).length,
        log_rows: (transaction.get("revision", ONLY)?.counter ?? 0) - cutOf(transaction).revision,
        server,
      },
    ]),

  "select r.counter, r.history, r.hash, coalesce(c.hash, cut.hash) as applied_hash": (
    transaction,
    values,
    { nowMs },
  ) => {
    const row = transaction.get("revision", ONLY);
    const cut = cutOf(transaction);
    const cutHash = cut.revision === values.number(1) ? cut.hash : null;
    return answer([
      {
        ...row,
        applied_hash: transaction.get("change", String(values.number(1)))?.hash ?? cutHash,
        is_standby: false,
        protocol: transaction.get("meta", "active_protocol")?.value,
        now: new Date(nowMs),
      },
    ]);
  },
  "select revision, write_id, at, actor, action, target, must_understand, ops, previous_hash, hash from octavo.change where revision > $1":
    (transaction, values) => {
      const after = values.number(1);
      const rows = transaction.all("change").filter(([, { revision }]) => revision > after);
      return answer(rows.map(([, row]) => asStored(row)).sort(byRevision));
    },
  "select revision, write_id, at, actor, action, target, must_understand, ops, previous_hash, hash from octavo.change order by revision desc":
    (transaction, values) => {
      const rows = transaction.all("change").map(([, row]) => asStored(row));
      return answer(rows.sort(byRevision).toReversed().slice(0, values.number(1)));
    },

  "select revision, hash from octavo.change_cut": (transaction) => answer([cutOf(transaction)]),
  "select counter, clock_timestamp() as now, (select min(kept_revision)": (
    transaction,
    _values,
    { nowMs },
  ) => {
    const open = transaction.all("rewind").filter(([, row]) => !row.isAcknowledged);
    const kept = open.map(([, { keptRevision }]) => keptRevision);
    const heldFrom = kept.length === 0 ? null : Math.min(...kept);
    const counter = transaction.get("revision", ONLY)?.counter;
    return answer([{ counter, held_from: heldFrom, now: new Date(nowMs) }]);
  },
  "select revision, hash, at from octavo.change where revision > $1": (transaction, values) => {
    const after = values.number(1);
    const rows = transaction.all("change").filter(([, { revision }]) => revision > after);
    return answer(
      rows
        .map(([, row]) => asStored(row))
        .sort(byRevision)
        .slice(0, values.number(2)),
    );
  },
  "with moved as (": (transaction, values) => {
    transaction.lock("changeCut", ONLY, "exclusive");
    if (cutOf(transaction).revision !== values.number(3)) return nothing;
    const until = values.number(1);
    transaction.put("changeCut", ONLY, { revision: until, hash: values.text(2) });
    const gone = transaction.all("change").filter(([, { revision }]) => revision <= until);
    for (const [key] of gone) transaction.remove("change", key);
    return changed(gone.length);
  },

  "select id, digest from octavo.module": (transaction) =>
    answer(transaction.all("module").map(([, row]) => row)),
  "select id, digest, descriptor from octavo.module": (transaction, values) => {
    const wanted = new Set(values.texts(1));
    return answer(
      transaction
        .all("module")
        .filter(([id]) => wanted.has(id))
        .map(([, row]) => row),
    );
  },
  "select id, name, description from octavo.tenant": (transaction) =>
    answer(transaction.all("tenant").map(([, row]) => row)),
  'select tenant_id as "tenantId", module from octavo.tenant_module': (transaction) =>
    answer(transaction.all("tenantModule").map(([, row]) => row)),
  "select name, value, description, required from octavo.env": (transaction) =>
    answer(transaction.all("env").map(([, row]) => row)),
  'select instance_id as "instanceId"': () => nothing,
  "select id, name, roles": () => nothing,
  "select kid, x": () => nothing,
  "select tenant_id, user_id, epoch": () => nothing,
  "select tenant_id, epoch, serial": () => nothing,

  "insert into octavo.instance": (transaction, values, { nowMs }) => {
    const id = values.text(1);
    const before = transaction.get("instance", id);
    transaction.put("instance", id, {
      id,
      url: values.text(2),
      name: before?.name ?? values.maybeText(3),
      version: values.text(4),
      protocolMin: values.number(5),
      protocolMax: values.number(6),
      history: values.maybeText(7),
      appliedRevision: values.number(8),
      startedAtMs: before?.startedAtMs ?? nowMs,
      heartbeatAtMs: nowMs,
    });
    return changed(1);
  },
  "select id, name, url, version, started_at": (transaction, values, { nowMs }) => {
    const since = nowMs - values.number(1) * 1000;
    const live = transaction.all("instance").filter(([, { heartbeatAtMs }]) => heartbeatAtMs > since);
    return answer(live.map(([, row]) => asLive(row, nowMs)));
  },
  "with told as (": (transaction, values) => {
    const [id, history, revision] = [values.text(1), values.maybeText(2), values.number(3)];
    const row = transaction.get("instance", id);
    if (row === undefined || (row.history === history && row.appliedRevision === revision)) return nothing;
    transaction.put("instance", id, { ...row, history, appliedRevision: revision });
    transaction.notifies.add("octavo_applied");
    return answer([{}]);
  },
  "delete from octavo.instance where id": (transaction, values) => {
    transaction.remove("instance", values.text(1));
    return changed(1);
  },

  [POSITION]: (transaction) => position(transaction),
  [`${POSITION} for update`]: (transaction) => {
    transaction.lock("revision", ONLY, "exclusive");
    return position(transaction);
  },
  "select actor, fingerprint, answer, revision from octavo.idempotency": (transaction, values) => {
    const row = transaction.get("idempotency", values.text(1));
    return row === undefined ? nothing : answer([row]);
  },
  "insert into octavo.idempotency": (transaction, values) => {
    const key = values.text(1);
    transaction.lock("idempotency", key, "exclusive");
    if (transaction.get("idempotency", key) !== undefined) return nothing;
    transaction.put("idempotency", key, {
      actor: values.text(2),
      fingerprint: values.text(3),
      answer: values.text(4),
      revision: values.number(5),
    });
    return changed(1);
  },
  "insert into octavo.audit (write_id, actor, action, target, request_id": (transaction, values) => {
    transaction.put("audit", values.text(1), { action: values.text(3) });
    return changed(1);
  },
  "insert into octavo.audit (write_id, actor, action, target, outcome) values ($1, '', '', '', 'unchanged') on conflict":
    (transaction, values) => {
      const id = values.text(1);
      transaction.lock("audit", id, "exclusive");
      if (transaction.get("audit", id) !== undefined) return nothing;
      transaction.put("audit", id, { action: "" });
      return changed(1);
    },
  "with counted as (": (transaction, values, { nowMs }) => {
    const before = transaction.get("revision", ONLY);
    const isBase =
      before?.counter === values.number(3) &&
      before.history === values.text(4) &&
      before.hash === values.text(13);
    // "skip locked": whoever holds the row is about to commit.
    if (!isBase || !transaction.tryLock("revision", ONLY, "exclusive")) return nothing;
    const [revision, hash] = [values.number(1), values.text(2)];
    transaction.put("revision", ONLY, { ...before, counter: revision, hash });
    transaction.put("change", String(revision), {
      revision,
      hash,
      writeId: values.text(5),
      atMs: nowMs,
      actor: values.text(6),
      action: values.text(7),
      target: values.text(8),
      idempotencyKey: values.maybeText(10),
      ops: values.json(11),
      mustUnderstand: values.truth(12),
      previousHash: values.text(13),
    });
    return changed(1);
  },
  "update octavo.revision set history = gen_random_uuid()": (transaction, values, { newId }) => {
    transaction.lock("revision", ONLY, "exclusive");
    const row = transaction.get("revision", ONLY);
    if (row?.history !== values.text(1)) return nothing;
    transaction.put("revision", ONLY, { ...row, history: newId() });
    return changed(1);
  },

  "insert into octavo.module": (transaction, values) => {
    const [descriptors, digests] = [values.texts(3), values.texts(4)];
    for (const [at, id] of values.texts(1).entries())
      transaction.put("module", id, {
        id,
        descriptor: descriptors[at] ?? "",
        digest: digests[at] ?? "",
      });
    return changed(1);
  },
  "insert into octavo.tenant (": (transaction, values) => {
    const id = values.text(1);
    transaction.put("tenant", id, { id, name: values.maybeText(2), description: values.maybeText(3) });
    return changed(1);
  },
  "insert into octavo.tenant_module": (transaction, values) => {
    const tenantId = values.text(1);
    for (const module of values.texts(2))
      transaction.put("tenantModule", `${tenantId}/${module}`, { tenantId, module });
    return changed(1);
  },
  "delete from octavo.tenant_module": (transaction, values) => {
    for (const module of values.texts(2)) transaction.remove("tenantModule", `${values.text(1)}/${module}`);
    return changed(1);
  },
  "insert into octavo.env": (transaction, values) => {
    const name = values.text(1);
    const [value, description] = [values.maybeText(2), values.maybeText(3)];
    transaction.put("env", name, { name, value, description, required: values.truth(4) });
    return changed(1);
  },

  "insert into octavo.rewind": (transaction, values, { newId }) => {
    const history = values.text(1);
    transaction.lock("rewind", history, "exclusive");
    const before = transaction.get("rewind", history);
    const [kept, isWhole] = [values.number(2), values.truth(4)];
    const isComplete = before?.isComplete === true || isWhole;
    const id = before?.id ?? newId();
    const keptRevision =
      before?.isComplete !== true
        ? kept
        : isWhole
          ? Math.min(before.keptRevision, kept)
          : before.keptRevision;
    const isAcknowledged = before?.isAcknowledged ?? false;
    transaction.put("rewind", history, { id, keptRevision, isComplete, isAcknowledged });
    return answer([{ id }]);
  },
  "insert into octavo.lost_change": (transaction, values) => {
    const [rewindId, writeId] = [values.text(1), values.text(2)];
    const key = `${rewindId}/${writeId}`;
    transaction.lock("lostChange", key, "exclusive");
    if (transaction.get("lostChange", key) !== undefined) return nothing;
    transaction.put("lostChange", key, { rewindId, writeId });
    return changed(1);
  },
  "update octavo.rewind set acknowledged_at = null": () => nothing,

  "insert into octavo.lease (name, holder, epoch, expires_at) values": (transaction, values, { nowMs }) => {
    const [name, holder] = [values.text(1), values.text(2)];
    const expiresAtMs = nowMs + values.number(3) * 1000;
    transaction.lock("lease", name, "exclusive");
    const row = transaction.get("lease", name);
    if (row !== undefined && row.holder !== holder && row.expiresAtMs >= nowMs) return nothing;
    const epoch = row === undefined ? 1 : row.epoch + (row.holder === holder ? 0 : 1);
    transaction.put("lease", name, { holder, epoch, expiresAtMs });
    return answer([{ epoch: String(epoch) }]);
  },
  "select from octavo.lease where name = $1 and holder = $2": (transaction, values, { nowMs }) => {
    const name = values.text(1);
    transaction.lock("lease", name, "share");
    const row = transaction.get("lease", name);
    const isHeld =
      row?.holder === values.text(2) && row.epoch === values.number(3) && row.expiresAtMs > nowMs;
    return isHeld ? answer([{}]) : nothing;
  },
  "update octavo.lease set expires_at = '-infinity'": (transaction, values) => {
    const name = values.text(1);
    transaction.lock("lease", name, "exclusive");
    const row = transaction.get("lease", name);
    if (row?.holder !== values.text(2) || row.epoch !== values.number(3)) return nothing;
    transaction.put("lease", name, { ...row, expiresAtMs: -Infinity });
    return changed(1);
  },
};

function cutOf(transaction: Transaction): { readonly revision: number; readonly hash: string } {
  const row = transaction.get("changeCut", ONLY);
  if (row === undefined) throw new Error("the cut of the log has no row");
  return row;
}

function position(transaction: Transaction): Answer {
  const row = transaction.get("revision", ONLY);
  return answer([{ ...row, protocol: transaction.get("meta", "active_protocol")?.value }]);
}

function asStored(row: ChangeRow) {
  return {
    revision: row.revision,
    write_id: row.writeId,
    at: new Date(row.atMs),
    actor: row.actor,
    action: row.action,
    target: row.target,
    must_understand: row.mustUnderstand,
    ops: row.ops,
    previous_hash: row.previousHash,
    hash: row.hash,
  };
}

function asLive(row: InstanceRow, nowMs: number) {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    version: row.version,
    started_at: new Date(row.startedAtMs),
    history: row.history,
    applied_revision: row.appliedRevision,
    protocol_min: row.protocolMin,
    protocol_max: row.protocolMax,
    heartbeat_age: (nowMs - row.heartbeatAtMs) / 1000,
    vitals: null,
  };
}

function byRevision(left: { readonly revision: number }, right: { readonly revision: number }): number {
  return left.revision - right.revision;
}
