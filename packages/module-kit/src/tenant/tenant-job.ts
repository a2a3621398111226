import { type ReadTransaction, type Transaction, sql } from "@octavo/database";
import { type Static, Type } from "typebox";
import { insertJob } from "../jobs/job-rows.ts";
import { TenantAttributes } from "./tenant-attributes.ts";

/** Job of the tenant API, as RMB gives it (`tenantJob` of its schemas). */
export const TenantJob = Type.Object({
  id: Type.String(),
  tenant: Type.String(),
  tenantAttributes: TenantAttributes,
  complete: Type.Boolean(),
  error: Type.Optional(Type.String({ description: "Only where it failed" })),
  messages: Type.Optional(Type.Array(Type.String())),
});
export type TenantJob = Static<typeof TenantJob>;

/** Payload of the job's row. */
export const TenantTask = Type.Object({ tenantId: Type.String(), attributes: TenantAttributes });
export type TenantTask = Static<typeof TenantTask>;

/** How far it is: what an instance that takes over needs not do again, and what the client is told. */
export interface TenantProgress {
  readonly done: readonly string[];
  readonly messages: readonly string[];
}

/** Jobs of one version are done by instances of that version: their steps are its own. */
export function tenantJobType(moduleId: string): string {
  return `tenant ${moduleId}`;
}

const MOST_ATTEMPTS = 10;

export type PostedJob =
  | { readonly kind: "begun" | "joined"; readonly job: TenantJob }
  /** Another operation is under way for the tenant. */
  | { readonly kind: "busy"; readonly job: TenantJob };

/** Notes what is to be done. Of two posts for a tenant that come at once the second one joins where it asks for the same, and is refused
 * otherwise; a post that is repeated under the key of its call (X-Octavo-Job) gets the job that it had, ended or not. */
export async function postTenantJob(
  tx: Transaction,
  moduleId: string,
  task: TenantTask,
  key: string | null,
): Promise<PostedJob> {
  await tx.row(
    sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.octavo_tenant.' || ${task.tenantId}, 0))::text as locked`,
  );
  const type = tenantJobType(moduleId);
  const known = key === null ? null : await findJob(tx, sql`type = ${type} and key = ${key}`);
  if (known !== null) return { kind: "joined", job: known };
  const running = await findJob(
    tx,
    sql`state in ('waiting', 'running') and starts_with(type, 'tenant ') and payload ->> 'tenantId' = ${task.tenantId}`,
  );
  if (running !== null) {
    const isSame = sameAttributes(running.tenantAttributes, task.attributes);
    return { kind: isSame ? "joined" : "busy", job: running };
  }
  const { id } = await insertJob(tx, { type, payload: task, key, runAt: null, mostAttempts: MOST_ATTEMPTS });
  const job = await readTenantJob(tx, task.tenantId, id);
  if (job === null) throw new Error("a job is there after it was written");
  return { kind: "begun", job };
}

export async function readTenantJob(
  tx: ReadTransaction,
  tenantId: string,
  id: string,
): Promise<TenantJob | null> {
  return findJob(tx, sql`id = ${id}::uuid and payload ->> 'tenantId' = ${tenantId}`);
}

/** Removes a job that has ended; one that has not ends before its next step. @returns false where there is none */
export async function removeTenantJob(tx: Transaction, tenantId: string, id: string): Promise<boolean> {
  const which = sql`id = ${id}::uuid and payload ->> 'tenantId' = ${tenantId}`;
  const removed = await tx.run(sql`delete from octavo_job where ${which} and ended_at is not null`);
  if (removed === 1) return true;
  const cancelled = await tx.run(sql`update octavo_job set is_cancelled = true where ${which}`);
  return cancelled === 1;
}

interface Row {
  readonly id: string;
  readonly payload: TenantTask;
  readonly state: string;
  readonly error: string | null;
  readonly progress: TenantProgress | null;
}

async function findJob(tx: ReadTransaction, which: ReturnType<typeof sql>): Promise<TenantJob | null> {
  const row = await tx.row<Row>(
    sql`select id, payload, state, error, progress from octavo_job where ${which}`,
  );
  return row === null ? null : jobOf(row);
}

function jobOf({ id, payload, state, error, progress }: Row): TenantJob {
  const complete = state !== "waiting" && state !== "running";
  const reason = state === "cancelled" ? "It was cancelled" : error;
  const messages = [...(progress?.messages ?? [])];
  return {
    id,
    tenant: payload.tenantId,
    tenantAttributes: payload.attributes,
    complete,
    ...(complete && state !== "done" && { error: reason ?? "It failed" }),
    ...(messages.length > 0 && { messages }),
  };
}

function sameAttributes(one: TenantAttributes, other: TenantAttributes): boolean {
  const text = ({ module_from, module_to, purge = false, parameters = [] }: TenantAttributes): string =>
    JSON.stringify([module_from, module_to, purge, parameters.map(({ key, value }) => [key, value])]);
  return text(one) === text(other);
}
