import { randomUUID } from "node:crypto";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { headerOf } from "@octavo/http-wire";
import { printPretty } from "@octavo/json";
import {
  callsModules,
  enablementOf,
  insertDoneJob,
  insertJob,
  invokeFilter,
  type Job,
  type JobKind,
  type JobOptions,
  type NewJob,
  outcomeAsOkapi,
  readJob,
  productsGone,
} from "@octavo/lifecycle";
import { removeTimersOfProducts } from "@octavo/timers";
import type { Snapshot, Tenant } from "@octavo/registry";
import type { PlanStep } from "@octavo/resolution";
import { assert, err, ok, type Result } from "@octavo/result";
import type { Call, Refusal, Reply } from "./handler.ts";
import type { InstallOptions } from "./install-options.ts";
import { busyText, sentenceForHumans } from "./job-texts.ts";
import { TenantIsBusy } from "./tenant-is-busy.ts";
import type { Platform } from "./platform.ts";
import { readCaughtUp } from "./read-caught-up.ts";
import { badRequest, notImplemented, refusedWrite } from "./refusals.ts";
import { enabledModules } from "./tenant-interfaces.ts";
import { superTenantId } from "./tenants.ts";
import { actorOf, write, type Writing } from "./write.ts";

/** What is to be carried out for a tenant, as it was planned on a snapshot. */
export interface PlannedRun {
  readonly tenant: Tenant;
  readonly steps: readonly PlanStep[];
  /** When all is done; with `async`, when it is accepted. */
  readonly reply: (jobId: string) => Reply;
}

/** Carries out a plan as a job, and waits for its end unless the caller does not want to. That he has gone away meanwhile
 * stops nothing. Where no module has to be told, all of it is one revision.
 * @param plan may run more than once, each time on the newest snapshot */
export async function runPlan(
  call: Call,
  platform: Platform,
  kind: JobKind,
  options: InstallOptions,
  plan: (snapshot: Snapshot) => Result<PlannedRun, Refusal>,
): Promise<Result<Reply, Refusal>> {
  const accepted = await accept(call, platform, kind, options, plan);
  if (!accepted.ok) return accepted;
  platform.jobs.wake();
  const isAsync = options.async && (kind === "install" || kind === "upgrade");
  return isAsync ? accepted : afterJob(platform, accepted.value);
}

async function accept(
  call: Call,
  platform: Platform,
  kind: JobKind,
  options: InstallOptions,
  plan: (snapshot: Snapshot) => Result<PlannedRun, Refusal>,
): Promise<Result<Reply, Refusal>> {
  const tenantId = call.params["tenantId"] ?? "";
  const patience = AbortSignal.timeout(options.waitForSeconds * 1000);
  const id = randomUUID();
  for (;;) {
    try {
      return await write(call, platform, tenantId, (snapshot) => {
        const planned = plan(snapshot);
        return planned.ok ? asWriting(call, snapshot, kind, options, planned.value, id) : planned;
      });
    } catch (error) {
      if (!(error instanceof TenantIsBusy)) throw error;
      const { job } = error;
      if (options.waitForSeconds === 0 || patience.aborted || job.state === "waiting-for-human") {
        return err({ kind: "conflict", message: busyText(job) });
      }
      await platform.jobs.settled(job.id, patience);
    }
  }
}

function asWriting(
  call: Call,
  snapshot: Snapshot,
  kind: JobKind,
  options: InstallOptions,
  { tenant, steps, reply }: PlannedRun,
  id: string,
): Result<Writing, Refusal> {
  const moduleOf = (moduleId: string): ModuleDescriptor => {
    const module = snapshot.modules.get(moduleId);
    assert(module !== undefined, "a plan names known modules");
    return module;
  };
  if (options.deploy) {
    const launched = refuseLaunches(snapshot, steps);
    if (!launched.ok) return launched;
  }
  const { enable, disable } = enablementOf(steps);
  if (tenant.id === superTenantId && disable.some(isGateway) && !enable.some(isGateway)) {
    return badRequest("The supertenant cannot be without the gateway's own module (okapi)");
  }
  const job: NewJob = {
    id,
    tenantId: tenant.id,
    kind,
    plan: { steps, before: tenant.enabled, options: jobOptions(kind, options) },
    requestedBy: actorOf(call.caller),
    requestId: call.requestId,
    withinSeconds: options.jobSeconds,
  };
  const called = { ...options, invoke: invokeFilter(options.invoke) };
  const isSwitch = !callsModules(steps, enabledModules(snapshot, tenant), moduleOf, called);
  const isChange = enable.length + disable.length > 0;
  const given = reply(id);
  return ok({
    changes: isSwitch && isChange ? [{ kind: "tenant.modules", tenantId: tenant.id, enable, disable }] : [],
    reply: { ...given, headers: [...given.headers, JOB_HEADER, id] },
    alsoWrite: async (database) => {
      const busy = await (isSwitch ? insertDoneJob : insertJob)(database, job);
      if (busy !== null) throw new TenantIsBusy(busy);
      if (!isSwitch) return;
      await removeTimersOfProducts(database, tenant.id, productsGone({ enable, disable }, snapshot));
    },
  });
}

const JOB_HEADER = "X-Octavo-Job";

function jobOptions(kind: JobKind, options: InstallOptions): JobOptions {
  const { invoke, purge, tenantParameters, ignoreErrors, parallel, onFailure, callSeconds } = options;
  // One module alone was checked as a whole before. Of all that go those go first that nothing needs.
  const depCheck = kind === "disable-all" || (options.depCheck && (kind === "install" || kind === "upgrade"));
  return { invoke, purge, tenantParameters, ignoreErrors, parallel, onFailure, callSeconds, depCheck };
}

async function afterJob(platform: Platform, reply: Reply): Promise<Result<Reply, Refusal>> {
  const { registry, jobs } = platform;
  const jobId = headerOf(reply.headers, "x-octavo-job") ?? "";
  const never = new AbortController().signal;
  const read = () => readCaughtUp(registry, (database) => readJob(database, null, jobId));
  let job = await read();
  if (job.ok && (job.value?.state === "pending" || job.value?.state === "running")) {
    await jobs.settled(jobId, never);
    job = await read();
  }
  if (!job.ok) return err(refusedWrite(job.error));
  // Its row may have been deleted since: then it had ended.
  return job.value === null ? ok(reply) : replyAfter(job.value, reply);
}

function replyAfter(job: Job, reply: Reply): Result<Reply, Refusal> {
  switch (job.state) {
    case "done": {
      const hasErrors = job.steps.some(({ message }) => message !== null);
      const isList = job.kind === "install" || job.kind === "upgrade";
      return ok(hasErrors && isList ? { ...reply, body: printPretty(outcomeAsOkapi(job)) } : reply);
    }
    case "failed":
    case "undone":
      return err({ kind: job.fault === "internal" ? "internal" : "user", message: job.message ?? "" });
    case "waiting-for-human":
      return err({ kind: "user", message: sentenceForHumans(job) });
    case "pending":
    case "running":
      return err({
        kind: "unavailable",
        message: `This instance stops. Job ${job.id} goes on at another one: look at /_/octavo/jobs/${job.id}`,
      });
  }
}

/** With deploy=true what has no instance would be launched; what has one is left as it is. */
function refuseLaunches(snapshot: Snapshot, steps: readonly PlanStep[]): Result<null, Refusal> {
  const missing = steps
    .filter(({ action, id }) => action !== "disable" && !snapshot.discovery.has(id) && !isGateway(id))
    .map(({ id }) => id);
  if (missing.length === 0) return ok(null);
  const bare = missing.find((id) => snapshot.modules.get(id)?.launchDescriptor === null);
  if (bare !== undefined) return badRequest(`Module ${bare} has no launchDescriptor`); // Okapi: message 10804
  return notImplemented(
    `deploy=true would launch ${missing.join(", ")}, and launching is not available yet. ` +
      "Start them yourself and register their URLs (POST /_/discovery/modules): deploy=true passes over what has an instance.",
  );
}

function isGateway(moduleId: string): boolean {
  return /^okapi-[0-9]/u.test(moduleId);
}
