import { jobStatements } from "@octavo/testing/simulation/job-statements";
import { ONLY, registryStatements } from "@octavo/testing/simulation/registry-statements";
import { answer, nothing, type Statement, type Statements } from "@octavo/testing/simulation/statement";

const PLACE = "select r.counter, r.history, r.hash, coalesce(c.hash, cut.hash) as applied_hash";
const CUT = "with moved as (";
const LENGTH = "select counter, clock_timestamp() as now, (select min(kept_revision)";
const TAKE = "insert into octavo.lease (name, holder, epoch, expires_at) values";

/** Mistakes that the program could make, each as a statement that means something else than it should. */
export const plantedBugs: Readonly<Record<string, Statements>> = {
  "a barrier that sees nobody": {
    "select id, name, url, version, started_at": () => nothing,
  },
  "an instance that says it has applied what it has only heard of": {
    "insert into octavo.instance": (transaction, values, facts) => {
      const done = meant("insert into octavo.instance")(transaction, values, facts);
      const row = transaction.get("instance", values.text(1));
      const appliedRevision = transaction.get("revision", ONLY)?.counter ?? 0;
      if (row !== undefined) transaction.put("instance", row.id, { ...row, appliedRevision });
      return done;
    },
  },
  "a writer that does not ask whether it is first": {
    "with counted as (": (transaction, values, facts) => {
      transaction.lock("revision", ONLY, "exclusive");
      const row = transaction.get("revision", ONLY);
      if (row !== undefined) {
        const [counter, hash] = [values.number(3), values.text(13)];
        transaction.put("revision", ONLY, { ...row, counter, hash });
      }
      return meant("with counted as (")(transaction, values, facts);
    },
  },
  "a lease that is taken without a new epoch": {
    [TAKE]: (transaction, values, facts) => {
      const before = transaction.get("lease", values.text(1));
      const taken = meant(TAKE)(transaction, values, facts);
      const row = transaction.get("lease", values.text(1));
      if (before === undefined || row === undefined || taken.rowCount === 0) return taken;
      transaction.put("lease", values.text(1), { ...row, epoch: before.epoch });
      return answer([{ epoch: String(before.epoch) }]);
    },
  },
  "a journal that does not ask for its lease": {
    "with held as (": (transaction, values, facts) => {
      const name = values.text(1);
      const before = transaction.get("lease", name);
      const lent = { holder: values.text(2), epoch: values.number(3), expiresAtMs: facts.nowMs + 1 };
      transaction.put("lease", name, lent);
      const written = meant("with held as (")(transaction, values, facts);
      if (before !== undefined) transaction.put("lease", name, before);
      return written;
    },
  },
  "a driver that forgets what it meant to send": {
    "select part, planned, state": (transaction, values, facts) => {
      const { rows } = meant("select part, planned, state")(transaction, values, facts);
      return answer(
        rows.map((row) => ("state" in row && row.state === "intended" ? { ...row, state: "pending" } : row)),
      );
    },
  },
  "a log that is cut behind the back of those who are behind": {
    [CUT]: (transaction, values, facts) => {
      const until = values.number(1);
      for (const [key, { revision, hash }] of transaction.all("change"))
        if (revision <= until) transaction.put("meta", `hash ${key}`, { value: hash });
      return meant(CUT)(transaction, values, facts);
    },
    // As if the log still held the place of whoever asks.
    [PLACE]: (transaction, values, facts) => {
      const kept = transaction.get("meta", `hash ${values.number(1)}`)?.value;
      const { rows } = meant(PLACE)(transaction, values, facts);
      return answer(kept === undefined ? rows : rows.map((row) => ({ ...row, applied_hash: kept })));
    },
  },
  "a log that is cut beyond what it says": {
    [CUT]: (transaction, values, facts) => {
      const done = meant(CUT)(transaction, values, facts);
      if (done.rowCount > 0) transaction.remove("change", String(values.number(1) + 1));
      return done;
    },
  },
  "a sweeper that takes the log for longer than it is": {
    [LENGTH]: (transaction, values, facts) => {
      const { rows } = meant(LENGTH)(transaction, values, facts);
      return answer(
        rows.map((row) => ("counter" in row ? { ...row, counter: Number(row.counter) + 10 } : row)),
      );
    },
  },
  "a loss that is noticed and not written down": {
    "insert into octavo.lost_change": () => nothing,
  },
  "a look for jobs that finds new ones only": {
    'select job.id, job.tenant_id as "tenantId", job.state': (transaction, values, facts) => {
      const found = meant('select job.id, job.tenant_id as "tenantId", job.state')(
        transaction,
        values,
        facts,
      );
      const isNew = (row: object): boolean => "state" in row && row.state === "pending";
      return answer(found.rows.filter(isNew));
    },
  },
};

function meant(name: string): Statement {
  const statement = registryStatements[name] ?? jobStatements[name];
  if (statement === undefined) throw new Error(`there is no statement ${name}`);
  return statement;
}
