import { type Place, sql } from "@octavo/database";
import { connect } from "@octavo/testing/connection";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expand, type Migrator, openMigrator, type Preflight } from "../index.ts";
import { loansOne, loansTwo, someLoans } from "../testing/loans.ts";

let opened: ModuleDatabases;
let migrator: Migrator;

beforeAll(async () => {
  opened = await moduleDatabases({ modules: [], tenants: [] });
  migrator = openMigrator({ provisioner: opened.provisioner, instanceId: "one" });
});
afterAll(() => opened.close());

async function look(place: Place, release = loansTwo): Promise<Preflight> {
  const found = await migrator.preflight(place, release);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

describe("a preflight", () => {
  it("of a tenant that is not there makes nothing, and says that all is to be done", async () => {
    const place = opened.databases.place("nobody", "octavo-loans");
    const found = await look(place);
    expect(found).toMatchObject({
      from: null,
      to: loansTwo.version,
      diskNeededBytes: 0,
      warnings: [],
      unknown: [],
    });
    expect(found.steps.map(({ action }) => action)).toEqual(
      loansTwo.steps.map(({ kind }) => (kind === "contract" ? "later" : "run")),
    );
    await expect(opened.provisioner.tx(place, (tx) => tx.rows(sql`select 1`))).rejects.toThrow(/not there/u);
  });

  it("tells rows, disk and time from what is there, and time from this tenant's own rates once it has some", async () => {
    const place = opened.databases.place("looked-at", "octavo-loans");
    await migrator.migrate(place, loansOne, { from: null });
    await opened.provisioner.tx(place, (tx) => tx.run(someLoans(20_000)));
    await opened.provisioner.run(place, sql`analyze loan`);
    const before = await look(place);
    const fill = before.steps.find(({ id }) => id === "loans are due");
    expect(before.from).toBe(loansOne.version);
    expect(fill).toMatchObject({ kind: "backfill", action: "run", rows: 20_000 });
    expect(fill?.seconds).toBeCloseTo(20_000 / 8000, 0);
    expect(before.predictedSeconds).toBeGreaterThan(2 * (fill?.seconds ?? 0));
    const size = await opened.provisioner.tx(place, (tx) =>
      tx.row<{ bytes: number }>(sql`select pg_total_relation_size('loan')::int as bytes`),
    );
    expect(before.diskNeededBytes).toBe(Math.ceil((size?.bytes ?? 0) * 2.5));

    // Half of it is done, at a rate that the ledger tells of.
    await opened.provisioner.tx(place, (tx) =>
      tx.run(sql`insert into octavo_step (step_id, kind, checksum, state, attempt, epoch, version, progress)
        values ('of before', 'backfill', '', 'done', 1, 1, 'v0', '{"rows": 10000, "ms": 100000}')`),
    );
    const after = await look(place);
    expect(after.unknown).toEqual(["of before"]);
    expect(after.steps.find(({ id }) => id === "loans are due")?.seconds).toBeCloseTo(200, 0);
  });

  it("warns of what holds it up", async () => {
    const place = opened.databases.place("held-up", "octavo-loans");
    await migrator.migrate(place, loansOne, { from: null });
    const admin = await connect(opened.adminUrl);
    await admin.query(
      `update pg_index set indisvalid = false where indexrelid = '"${place.schema}".loan_status'::regclass`,
    );
    await admin.query(
      `update "${place.schema}".octavo_migration set holder = 'somebody', held_until = clock_timestamp() + interval '1 minute'`,
    );
    await admin.end();
    await migrator.pause(place);
    const { warnings } = await look(place);
    expect(warnings.map(({ kind }) => kind)).toEqual(["invalid-index", "held", "paused"]);
    expect(await migrator.migrate(place, loansOne, { from: null })).toMatchObject({
      error: { kind: "held", by: "somebody" },
    });
  });

  it("refuses what a migration would refuse", async () => {
    const place = opened.databases.place("refused", "octavo-loans");
    const found = await migrator.preflight(place, { version: "v1", steps: [expand("a", "drop table b")] });
    expect(found).toMatchObject({
      error: { kind: "refused-step", message: expect.stringContaining("contract") as unknown },
    });
  });
});
