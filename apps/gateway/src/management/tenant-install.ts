import { randomUUID } from "node:crypto";
import { printPretty } from "@octavo/json";
import {
  deleteEndedJob,
  deleteEndedJobs,
  jobAsOkapi,
  planAsOkapi,
  readInstallJobs,
  readJob,
  type JobKind,
} from "@octavo/lifecycle";
import { parseBody, type TenantModuleDescriptor } from "@octavo/management-api";
import type { Snapshot, Tenant } from "@octavo/registry";
import {
  planInstall,
  planUpgrade,
  type PlanOptions,
  type PlanResult,
  type WantedModule,
} from "@octavo/resolution";
import { assert, err, ok, type Result } from "@octavo/result";
import { gatewayInterfaces } from "./gateway-interfaces.ts";
import type { Call, Refusal, Reply } from "./handler.ts";
import { installOptions, type InstallOptions } from "./install-options.ts";
import type { Handler, Platform } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { readCaughtUp } from "./read-caught-up.ts";
import { badRequest, notFound, refusedWrite } from "./refusals.ts";
import { runPlan } from "./run-plan.ts";
import { created, json, jsonText, noContent } from "./reply.ts";
import { findTenant } from "./tenants.ts";
import { write } from "./write.ts";

/** Install and upgrade as Okapi: what is asked for, completed to a plan, shown or carried out. */

export const startInstall: Handler = async (call, platform) => {
  const options = installOptions(call.query);
  if (!options.ok) return options;
  const wanted = readWanted(call);
  if (!wanted.ok) return wanted;
  return run(call, platform, "install", options.value, call.path, (snapshot, tenant) =>
    planInstall(snapshot.modules, tenant.enabled, wanted.value, planOptions(options.value, platform)),
  );
};

export const startUpgrade: Handler = async (call, platform) => {
  if (call.body !== "") {
    return badRequest(
      "/_/proxy/tenants/{tenant_id}/upgrade (upgrading to latest version) must not have a body. " +
        "Use /_/proxy/tenants/{tenant_id}/install instead to specify which version to upgrade to.",
    );
  }
  const options = installOptions(call.query);
  if (!options.ok) return options;
  // The job of an upgrade is found among those of install.
  const jobsPath = call.path.replace(/\/upgrade$/u, "/install");
  return run(call, platform, "upgrade", options.value, jobsPath, (snapshot, tenant) =>
    planUpgrade(snapshot.modules, tenant.enabled, planOptions(options.value, platform)),
  );
};

export const listJobs: Handler = async (call, { registry }) => {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const jobs = await registry.read((database) => readInstallJobs(database, tenant.value.id));
  return jobs.ok ? ok(json(200, jobs.value.map(jobAsOkapi))) : err(refusedWrite(jobs.error));
};

export const getJob: Handler = async (call, platform) => {
  const job = await findJob(call, platform);
  return job.ok ? ok(json(200, jobAsOkapi(job.value))) : job;
};

export const deleteJob: Handler = async (call, platform) => {
  const job = await findJob(call, platform);
  if (!job.ok) return job;
  const { id, tenantId, endedAt } = job.value;
  if (endedAt === null) return badRequest(`Cannot delete non-completed job ${id}`);
  return write(call, platform, `${tenantId}/${id}`, () =>
    ok({ changes: [], reply: noContent, alsoWrite: (database) => deleteEndedJob(database, tenantId, id) }),
  );
};

/** Jobs that have not ended stay. */
export const deleteJobs: Handler = async (call, platform) => {
  const tenantId = call.params["tenantId"] ?? "";
  return write(call, platform, tenantId, (snapshot) => {
    const tenant = findTenant(snapshot, tenantId);
    if (!tenant.ok) return tenant;
    return ok({
      changes: [],
      reply: noContent,
      alsoWrite: (database) => deleteEndedJobs(database, tenantId),
    });
  });
};

async function run(
  call: Call,
  platform: Platform,
  kind: JobKind,
  options: InstallOptions,
  jobsPath: string,
  plan: (snapshot: Snapshot, tenant: Tenant) => PlanResult,
): Promise<Result<Reply, Refusal>> {
  if (!options.depCheck && options.parallel > 1) {
    return badRequest(
      "Install Option parallel can not be greater than 1 when Install Option depCheck is false",
    );
  }
  const tenantId = call.params["tenantId"] ?? "";
  const planned = (snapshot: Snapshot) => {
    const tenant = findTenant(snapshot, tenantId);
    if (!tenant.ok) return tenant;
    const made = plan(snapshot, tenant.value);
    if (!made.ok) return badRequest(made.error.message);
    const body = printPretty(planAsOkapi(made.value.steps));
    const reply = (id: string): Reply =>
      options.async ? created(jobsPath, [id], body) : jsonText(200, body);
    return ok({ tenant: tenant.value, steps: made.value.steps, reply, body });
  };
  if (options.simulate) {
    const made = planned(platform.registry.snapshot);
    // As Okapi: with async too, where it names a job that there is not.
    return made.ok ? ok(made.value.reply(randomUUID())) : made;
  }
  return runPlan(call, platform, kind, options, planned);
}

function planOptions(options: InstallOptions, { config }: Platform): PlanOptions {
  return {
    versionFilter: options.versionFilter,
    reinstall: options.reinstall,
    depCheck: options.depCheck,
    family: config.family,
    gatewayProvides: gatewayInterfaces,
  };
}

function readWanted(call: Call): Result<readonly WantedModule[], Refusal> {
  const { schema } = call.operation.body ?? {};
  assert(schema !== undefined, "an install has a body");
  // as: the schema of this operation is a list of these
  const body = readBody(
    call,
    (json) => parseBody(schema, json) as Result<readonly TenantModuleDescriptor[], string>,
  );
  if (!body.ok) return body;
  const wanted: WantedModule[] = [];
  for (const { id, action = "enable" } of body.value) {
    if (action === "suggest" || action === "conflict")
      return badRequest(`Not implemented: action = ${action}`);
    wanted.push({ id, action });
  }
  return ok(wanted);
}

async function findJob(call: Call, { registry }: Platform) {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const jobId = call.params["installId"] ?? "";
  const job = await readCaughtUp(registry, (database) => readJob(database, tenant.value.id, jobId));
  if (!job.ok) return err(refusedWrite(job.error));
  const isListed = job.value?.kind === "install" || job.value?.kind === "upgrade";
  return job.value === null || !isListed ? notFound(`${tenant.value.id}/${jobId}`) : ok(job.value);
}
