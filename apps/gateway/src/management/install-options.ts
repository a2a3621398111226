import type { VersionFilter } from "@octavo/descriptor";
import { parseInvokeFilter } from "@octavo/lifecycle";
import { ok, type Result } from "@octavo/result";
import type { Refusal } from "./handler.ts";
import { booleanParameter, integerParameter, versionFilterParameter } from "./query-parameters.ts";
import { badRequest } from "./refusals.ts";

/** The parameters of every call that enables or disables modules: Okapi's (TenantInstallOptions), and from `onFailure` on
 * our own. */
export interface InstallOptions {
  readonly simulate: boolean;
  readonly async: boolean;
  readonly deploy: boolean;
  readonly purge: boolean;
  readonly ignoreErrors: boolean;
  readonly reinstall: boolean;
  readonly depCheck: boolean;
  readonly parallel: number;
  /** "true", "false" or a pattern over whole module ids. */
  readonly invoke: string;
  readonly tenantParameters: string | null;
  readonly versionFilter: VersionFilter;
  readonly onFailure: "stop" | "undo";
  /** How long to wait for a job that the tenant has under way. */
  readonly waitForSeconds: number;
  readonly callSeconds: number;
  readonly jobSeconds: number;
}

export function installOptions(query: URLSearchParams): Result<InstallOptions, Refusal> {
  // In Okapi's order: it says only what it meets first.
  const simulate = booleanParameter(query, "simulate", false);
  if (!simulate.ok) return simulate;
  const versionFilter = versionFilterParameter(query);
  if (!versionFilter.ok) return versionFilter;
  const deploy = booleanParameter(query, "deploy", false);
  if (!deploy.ok) return deploy;
  const purge = booleanParameter(query, "purge", false);
  if (!purge.ok) return purge;
  const invoke = invokeParameter(query);
  if (!invoke.ok) return invoke;
  const async = booleanParameter(query, "async", false);
  if (!async.ok) return async;
  const ignoreErrors = booleanParameter(query, "ignoreErrors", false);
  if (!ignoreErrors.ok) return ignoreErrors;
  const reinstall = booleanParameter(query, "reinstall", false);
  if (!reinstall.ok) return reinstall;
  const parallel = integerParameter(query, "parallel", 1);
  if (!parallel.ok) return parallel;
  if (parallel.value < 1) return badRequest("parallel must be 1 or higher");
  const depCheck = booleanParameter(query, "depCheck", true);
  if (!depCheck.ok) return depCheck;
  const own = ownOptions(query, purge.value);
  if (!own.ok) return own;
  return ok({
    ...own.value,
    tenantParameters: query.get("tenantParameters"),
    simulate: simulate.value,
    async: async.value,
    deploy: deploy.value,
    purge: purge.value,
    ignoreErrors: ignoreErrors.value,
    reinstall: reinstall.value,
    depCheck: depCheck.value,
    parallel: parallel.value,
    invoke: invoke.value,
    versionFilter: versionFilter.value,
  });
}

const hour = 3600;

function ownOptions(
  query: URLSearchParams,
  purge: boolean,
): Result<Pick<InstallOptions, "onFailure" | "waitForSeconds" | "callSeconds" | "jobSeconds">, Refusal> {
  const onFailure = query.get("onFailure") ?? "stop";
  if (onFailure !== "stop" && onFailure !== "undo") {
    return badRequest(`Bad value for parameter onFailure: ${onFailure}. Give stop or undo`);
  }
  if (onFailure === "undo" && purge) {
    return badRequest(
      "onFailure=undo can not be given with purge=true: data that is purged does not come back",
    );
  }
  const waitFor = secondsParameter(query, "waitFor", 0, { least: 0, most: hour });
  if (!waitFor.ok) return waitFor;
  const call = secondsParameter(query, "callTimeout", hour, { least: 1, most: 7 * 24 * hour });
  if (!call.ok) return call;
  const job = secondsParameter(query, "jobTimeout", 24 * hour, { least: 1, most: 30 * 24 * hour });
  if (!job.ok) return job;
  return ok({ onFailure, waitForSeconds: waitFor.value, callSeconds: call.value, jobSeconds: job.value });
}

function secondsParameter(
  query: URLSearchParams,
  name: string,
  byDefault: number,
  { least, most }: { readonly least: number; readonly most: number },
): Result<number, Refusal> {
  const seconds = integerParameter(query, name, byDefault);
  if (!seconds.ok || (seconds.value >= least && seconds.value <= most)) return seconds;
  return badRequest(`Parameter ${name} must be from ${least} to ${most} seconds`);
}

/** true, false, or a regular expression over whole module ids. */
function invokeParameter(query: URLSearchParams): Result<string, Refusal> {
  const value = query.get("invoke") ?? "true";
  const filter = parseInvokeFilter(value);
  if (filter.ok) return ok(value);
  return badRequest(
    `Bad pattern for parameter invoke: ${filter.error}. Give true, false or a regular expression`,
  );
}
