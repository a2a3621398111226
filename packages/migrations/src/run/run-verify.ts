import { name, printed, type Statement, sql, type Transaction } from "@octavo/database";
import { beginStep, endStep, writeProgress } from "../ledger/ledger.ts";
import type { Progress } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { Check, VerifyStep } from "../steps/step.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { sqlStateOf } from "./sql-state.ts";
import { StepStop } from "./step-stop.ts";

const SHOWN_ROWS = 3;

/** Makes all checks, whoever began them. */
export async function runVerify(at: LeasedPlace, planned: PlannedStep, step: VerifyStep): Promise<void> {
  let progress = await at.tx((tx) => beginStep(tx, at.lease, at.version, planned));
  at.tell({ stepId: step.id, what: "begun" });
  for (const check of step.checks) {
    progress = await makeCheck(at, step.id, check, progress);
    at.tell({ stepId: step.id, what: "part" });
  }
  await at.tx((tx) => endStep(tx, step.id, progress));
}

async function makeCheck(
  at: LeasedPlace,
  stepId: string,
  check: Check,
  progress: Progress,
): Promise<Progress> {
  switch (check.kind) {
    case "no-rows":
      await at.tx((tx) => mustBeEmpty(tx, stepId, check.query));
      return progress;
    case "same-count":
      await at.tx((tx) => mustBeEqual(tx, stepId, check.left, check.right));
      return progress;
    case "constraint":
      return validConstraint(at, stepId, check, progress);
    case "not-null":
      return notNullColumn(at, stepId, check, progress);
  }
}

async function mustBeEmpty(tx: Transaction, stepId: string, query: Statement): Promise<void> {
  const wrong = await tx.rows<{ row: string }>(
    sql`select to_json(wrong)::text as row from (${printed(query)}) as wrong limit ${SHOWN_ROWS}`,
  );
  if (wrong.length > 0)
    throw failed(stepId, `there are rows that must not be: ${wrong.map(({ row }) => row).join(", ")}`);
}

async function mustBeEqual(
  tx: Transaction,
  stepId: string,
  left: Statement,
  right: Statement,
): Promise<void> {
  const counts = await tx.row<{ left: string | null; right: string | null }>(
    sql`select (${printed(left)})::text as left, (${printed(right)})::text as right`,
  );
  if (counts === null || counts.left !== counts.right)
    throw failed(stepId, `${counts?.left} and ${counts?.right} were to be the same`);
}

interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** NOT VALID takes a lock for a moment; validation reads the table beside its writers. One that does not hold does not stay: it would
 * refuse what the version before writes. */
async function validConstraint(
  at: LeasedPlace,
  stepId: string,
  constraint: Constraint,
  before: Progress,
): Promise<Progress> {
  const [table, constraintName] = [name(constraint.table), name(constraint.name)];
  const progress = await at.withoutQueue(stepId, () =>
    at.tx(async (tx) => {
      if ((await isValidated(tx, constraint)) !== null) return before;
      await tx.run(
        statement(
          `alter table ${table.quoted} add constraint ${constraintName.quoted} ${constraint.definition} not valid`,
        ),
      );
      const added = [
        { kind: "constraint" as const, name: constraintName.quoted, table: table.quoted },
        ...(before.added ?? []),
      ];
      await writeProgress(tx, stepId, { ...before, added });
      return { ...before, added };
    }),
  );
  at.tell({ stepId, what: "part" });
  if ((await at.tx((tx) => isValidated(tx, constraint))) === true) return progress;
  await at
    .long(sql`alter table ${table} validate constraint ${constraintName}`)
    .catch(async (error: unknown) => {
      await at.withoutQueue(stepId, () =>
        at.tx((tx) => tx.run(sql`alter table ${table} drop constraint if exists ${constraintName}`)),
      );
      if (!["23514", "23503"].includes(sqlStateOf(error) ?? "")) throw error;
      throw failed(stepId, error instanceof Error ? error.message : String(error));
    });
  return progress;
}

/** A validated CHECK lets SET NOT NULL do without reading the table; then it has served. */
async function notNullColumn(
  at: LeasedPlace,
  stepId: string,
  { table, column }: { readonly table: string; readonly column: string },
  before: Progress,
): Promise<Progress> {
  if (await at.tx((tx) => isNotNull(tx, table, column))) return before;
  const check = {
    table,
    name: `octavo_not_null_${column}`,
    definition: `check (${name(column).quoted} is not null)`,
  };
  const { added, ...progress } = await validConstraint(at, stepId, check, before);
  return at.withoutQueue(stepId, () =>
    at.tx(async (tx) => {
      await tx.run(sql`alter table ${name(table)} alter column ${name(column)} set not null`);
      await tx.run(sql`alter table ${name(table)} drop constraint ${name(check.name)}`);
      const kept = (added ?? []).filter((object) => object.name !== name(check.name).quoted);
      const notNull = [
        ...(progress.notNull ?? []),
        { table: name(table).quoted, column: name(column).quoted },
      ];
      await writeProgress(tx, stepId, { ...progress, added: kept, notNull });
      return { ...progress, added: kept, notNull };
    }),
  );
}

/** @returns null where there is none */
async function isValidated(tx: Transaction, { table, name }: Constraint): Promise<boolean | null> {
  const row = await tx.row<{ is: boolean }>(
    sql`select convalidated as is from pg_constraint where conrelid = quote_ident(${table})::regclass and conname = ${name}`,
  );
  return row?.is ?? null;
}

async function isNotNull(tx: Transaction, table: string, column: string): Promise<boolean> {
  const row = await tx.row<{ is: boolean }>(
    sql`select attnotnull as is from pg_attribute where attrelid = quote_ident(${table})::regclass and attname = ${column}`,
  );
  return row?.is ?? false;
}

function failed(stepId: string, why: string): StepStop {
  return new StepStop({ kind: "verify-failed", stepId, message: `Step "${stepId}" does not hold: ${why}` });
}

function statement(text: string): Statement {
  return { text, values: [] };
}
