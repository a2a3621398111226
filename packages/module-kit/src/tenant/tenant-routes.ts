import { setTimeout as pause } from "node:timers/promises";
import type { HomeDatabase } from "@octavo/database";
import { Type } from "typebox";
import { defineInterface, type InterfaceDefinition } from "../definition/interface.ts";
import { route } from "../definition/route.ts";
import { badRequest, conflict, notFound, unavailable } from "../http/refusal.ts";
import { operationOf, TenantAttributes } from "./tenant-attributes.ts";
import { postTenantJob, readTenantJob, removeTenantJob, TenantJob } from "./tenant-job.ts";

/** Longest time that a client is kept waiting in one request; it asks again. */
const LONGEST_WAIT_MS = 60_000;
/** Disabling and purging are quick: they are waited for, and answered without a job as RMB does. */
const QUICK_WAIT_MS = 20_000;
const LOOK_MS = 200;
/** For the module's own tables, which the first instance makes as it starts. */
const OPENING_WAIT_MS = 20_000;

const Id = Type.Object({ id: Type.String({ pattern: "^[0-9a-fA-F-]{36}$" }) });

/** What the routes have of the instances that run in this process. */
export interface TenantRoutesTold {
  /** There is work. */
  posted(): void;
  /** Why the module cannot take tenants, after waiting for it; null where it can. */
  problem(atMostMs: number, signal: AbortSignal): Promise<string | null>;
  /** The process ends: nobody is kept waiting, another instance can be asked. */
  isDraining(): boolean;
}

/** Interface `_tenant` 2.0, as RMB has it. Any instance answers for any job.
 * @see raml-module-builder: domain-models-runtime, org.folio.rest.impl.TenantAPI */
export function tenantInterface(told: TenantRoutesTold): InterfaceDefinition {
  const post = route({
    method: "POST",
    path: "/_/tenant",
    summary: "Enables, upgrades, disables or purges the module for the tenant",
    body: TenantAttributes,
    answers: { 201: TenantJob, 204: null },
    handle: async ({ body, context, module, headers }) => {
      const operation = operationOf(body, module.id);
      if (!operation.ok) return badRequest(operation.error, "other-module");
      const problem = await told.problem(OPENING_WAIT_MS, context.signal);
      if (problem !== null)
        return unavailable(`The module cannot take tenants yet: ${problem}`, 5, "home-opening");
      const { tenantId } = context;
      // The gateway names each call of its own; sent again it has the same name.
      const key = headers["x-octavo-job"] ?? null;
      const task = { tenantId, attributes: body };
      const { kind, job } = await module.home.tx((tx) => postTenantJob(tx, module.id, task, key));
      told.posted();
      if (kind === "busy") {
        const message = `Another operation is under way for tenant ${tenantId}: wait for the end of job ${job.id}, GET /_/tenant/${job.id}`;
        return conflict(message, "tenant-busy");
      }
      const isQuick = operation.value.kind === "disable" || operation.value.kind === "purge";
      const ended = isQuick ? await whenEnded(module.home, job, QUICK_WAIT_MS, context.signal, told) : job;
      if (isQuick && ended?.complete === true) {
        return ended.error === undefined ? { status: 204 } : badRequest(ended.error, "tenant-job-failed");
      }
      return { status: 201, body: job, headers: { location: `/_/tenant/${job.id}` } };
    },
  });
  const get = route({
    method: "GET",
    path: "/_/tenant/{id}",
    summary: "Gives a job, after its end or `wait` milliseconds",
    params: Id,
    query: Type.Object({ wait: Type.Optional(Type.Integer({ minimum: 0 })) }),
    answers: { 200: TenantJob },
    handle: async ({ params: { id }, query: { wait = 0 }, context, module }) => {
      const job = await module.home.read((tx) => readTenantJob(tx, context.tenantId, id));
      const waitMs = Math.min(wait, LONGEST_WAIT_MS, context.remainingMs() - LOOK_MS);
      const seen = job && (await whenEnded(module.home, job, waitMs, context.signal, told));
      return seen === null ? notFound("Job", id) : { status: 200, body: seen };
    },
  });
  const remove = route({
    method: "DELETE",
    path: "/_/tenant/{id}",
    summary: "Removes a job that has ended, ends one that has not",
    params: Id,
    answers: { 204: null },
    handle: async ({ params: { id }, context, module }) => {
      const isThere = await module.home.tx((tx) => removeTenantJob(tx, context.tenantId, id));
      return isThere ? { status: 204 } : notFound("Job", id);
    },
  });
  return defineInterface("_tenant", "2.0", [post, get, remove], {
    type: "system",
    isRepeatable: true,
  });
}

/** Looks at a job until it has ended or the time is over: whichever instance works at it says so in its row.
 * @returns null where it was removed meanwhile */
async function whenEnded(
  home: HomeDatabase,
  job: TenantJob,
  waitMs: number,
  signal: AbortSignal,
  told: TenantRoutesTold,
): Promise<TenantJob | null> {
  const until = performance.now() + waitMs;
  let seen: TenantJob | null = job;
  while (seen !== null && !seen.complete && performance.now() < until && !told.isDraining()) {
    await pause(Math.min(LOOK_MS, waitMs), undefined, { signal });
    seen = await home.read((tx) => readTenantJob(tx, job.tenant, job.id));
  }
  return seen;
}
