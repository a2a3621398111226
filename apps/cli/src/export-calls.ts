import type { ExplainedPlan, PlanStep } from "@octavo/client";
import { shellWord } from "./caller-folder.ts";

/** What Okapi's `invoke`, `purge` and `tenantParameters` are to be in each call. */
export interface ExportedOptions {
  readonly purge: boolean;
  readonly tenantParameters: string | null;
}

/** A plan as a shell script: one call for each step, in order, which stops where one fails. Each is the call that Okapi's
 * clients know, so that it runs against an Okapi too.
 * @param url of the gateway; the script takes OCTAVO_URL before it */
export function exportedCalls(plan: ExplainedPlan, url: string, options: ExportedOptions): string {
  const calls = plan.steps.flatMap((step) => callOf(plan.tenant, step, options));
  return [
    "#!/bin/sh",
    `# ${plan.steps.length} steps for tenant ${plan.tenant}. Each call waits until its module has answered.`,
    "# OCTAVO_TOKEN is the token of an operator; leave it empty where none is needed.",
    "set -eu",
    `url=\${OCTAVO_URL:-${url}}`,
    'call() { curl --fail-with-body --silent --show-error -H "X-Okapi-Token: ${OCTAVO_TOKEN:-}" -H \'Content-Type: application/json\' "$@"; }',
    "",
    ...calls,
    "",
  ].join("\n");
}

function callOf(tenant: string, step: PlanStep, options: ExportedOptions): readonly string[] {
  const modules = `$url/_/proxy/tenants/${encodeURIComponent(tenant)}/modules`;
  // Dependencies are those of the plan as a whole; on the way one may be missing.
  const query = new URLSearchParams({ depCheck: "false" });
  if (options.purge && step.action === "disable") query.set("purge", "true");
  if (options.tenantParameters !== null) query.set("tenantParameters", options.tenantParameters);
  const comment = `# ${step.explanation.replaceAll("\n", " ")}`;
  const body = shellWord(JSON.stringify({ id: step.id }));
  switch (step.action) {
    case "enable": {
      const from =
        step.from === undefined || step.from === step.id ? "" : `/${encodeURIComponent(step.from)}`;
      return [comment, `call -X POST -d ${body} "${modules}${from}?${query.toString()}"`];
    }
    case "disable":
      return [comment, `call -X DELETE "${modules}/${encodeURIComponent(step.id)}?${query.toString()}"`];
    default:
      return []; // up to date
  }
}
