import type { VersionFilter } from "@octavo/descriptor";
import type { InvokeFilter } from "@octavo/lifecycle";
import { ok, type Result } from "@octavo/result";
import type { Refusal } from "./handler.ts";
import { booleanParameter, integerParameter, versionFilterParameter } from "./query-parameters.ts";
import { badRequest } from "./refusals.ts";

/** The parameters of every call that enables or disables modules (Okapi: TenantInstallOptions). `tenantParameters` and
 * `parallel` say how modules are called, which no call here does yet. */
export interface InstallOptions {
  readonly simulate: boolean;
  readonly async: boolean;
  readonly deploy: boolean;
  readonly purge: boolean;
  readonly ignoreErrors: boolean;
  readonly reinstall: boolean;
  readonly depCheck: boolean;
  readonly parallel: number;
  readonly invoke: InvokeFilter;
  readonly versionFilter: VersionFilter;
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
  return ok({
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

const longestPattern = 256;

/** true, false, or a regular expression over whole module ids. Repeated groups are refused: they are what makes a pattern
 * run for years, and the whole gateway would wait. */
function invokeParameter(query: URLSearchParams): Result<InvokeFilter, Refusal> {
  const value = query.get("invoke");
  if (value === null || value === "true") return ok(() => true);
  if (value === "false") return ok(() => false);
  if (value.length > longestPattern || /\)[*+?{]/u.test(value)) {
    return badRequest(
      `Bad pattern for parameter invoke: it must not repeat a group or be longer than ${longestPattern} characters`,
    );
  }
  try {
    const pattern = new RegExp(`^(?:${value})$`, "u");
    return ok((moduleId) => pattern.test(moduleId));
  } catch {
    return badRequest(`Bad pattern for parameter invoke: ${value}. Give true, false or a regular expression`);
  }
}
