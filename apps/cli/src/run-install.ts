import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Answer, ExplainedPlan, PlanRequest, TenantsInstallStartQuery } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { typedPath } from "./caller-folder.ts";
import type { CommandContext, OptionSpecs } from "./command.ts";
import { accept, connectionExits, connectionOptions, type Connection } from "./connection.ts";
import { errorCode } from "./read-json-file.ts";
import { failure, type ExitCode, type Failure } from "./exit-codes.ts";
import { explainedPlan } from "./explain-plan.ts";
import { exportedCalls } from "./export-calls.ts";
import { plainly } from "./find-credential.ts";
import { followJob } from "./follow-job.ts";
import { jobExits, outcomeOf } from "./job-outcome.ts";
import { planPage } from "./plan-page.ts";

/** Options of the commands that change a tenant's modules. */
export const installOptions = {
  yes: { kind: "flag", help: "do it without asking" },
  "dry-run": { kind: "flag", help: "show the plan, and do nothing" },
  export: {
    kind: "text",
    value: "FILE",
    help: "write the calls as a shell script, and do nothing; - is stdout",
  },
  "no-wait": { kind: "flag", help: "print the job's id and leave it to itself" },
  "on-failure": {
    kind: "text",
    value: "stop|undo",
    help: "stop (default) leaves what was done; undo goes back to the modules of before",
  },
  parameters: {
    kind: "text",
    value: "KEY=VALUE,...",
    help: "passed to the modules: loadReference=true,loadSample=true",
  },
  purge: { kind: "flag", help: "modules that are disabled remove the tenant's data" },
  "ignore-errors": { kind: "flag", help: "go on with other modules where one fails" },
  parallel: { kind: "text", value: "N", help: "how many modules are called at once; default 1" },
  "wait-for": {
    kind: "text",
    value: "SECONDS",
    help: "how long to wait for a job that the tenant has under way",
  },
  ...connectionOptions,
} as const satisfies OptionSpecs;

export const installExits = { ...connectionExits, ...jobExits } as const satisfies Partial<
  Record<ExitCode, string>
>;

export interface InstallInput {
  readonly yes: boolean;
  readonly "dry-run": boolean;
  readonly export: string | undefined;
  readonly "no-wait": boolean;
  readonly "on-failure": string | undefined;
  readonly parameters: string | undefined;
  readonly purge: boolean;
  readonly "ignore-errors": boolean;
  readonly parallel: string | undefined;
  readonly "wait-for": string | undefined;
}

/** Starts what was planned.
 * @param key makes the call one that can be repeated */
export type StartJob = (query: TenantsInstallStartQuery, key: string) => Promise<Answer<unknown>>;

/** Shows a plan with its reasons, asks, does it and follows the job to its end. */
export async function runInstall(
  tenantId: string,
  request: PlanRequest,
  start: StartJob,
  input: InstallInput,
  connection: Connection,
  context: CommandContext,
  json: boolean,
): Promise<Result<void, Failure>> {
  const query = queryOf(input, request);
  if (!query.ok) return query;
  const explained = await explainedPlan(tenantId, request, connection, context);
  if (!explained.ok) return explained;
  const plan = explained.value.value;
  const { terminal } = context;
  if (input.export !== undefined) return exportPlan(plan, input.export, input, connection, context);
  const isNothing = plan.steps.every(({ action }) => action === "uptodate");
  if (input["dry-run"] || isNothing) {
    terminal.print(json ? explained.value.text : planPage(plan, terminal.paint));
    return ok(undefined);
  }
  terminal.say(planPage(plan, terminal.paint));
  const agreed = input.yes ? ok(true) : await ask(plan, context);
  if (!agreed.ok) return agreed;
  if (!agreed.value) return err(failure(1, "nothing was changed"));
  const answer = await start({ ...query.value, async: true }, randomUUID());
  const started = accept(answer, connection);
  if (!started.ok) return started;
  const jobId = jobIn(answer.ok ? answer.location : null);
  if (jobId === null) return err(failure(3, `what answers at ${connection.url} names no job`));
  if (input["no-wait"]) {
    terminal.print(json ? JSON.stringify({ job: jobId }) : jobId);
    return ok(undefined);
  }
  const job = await followJob(jobId, connection, terminal);
  if (!job.ok) return job;
  const { stepsDone, stepsTotal, state } = job.value;
  terminal.print(
    json
      ? JSON.stringify(job.value, null, 2)
      : `${state}: ${stepsDone} of ${stepsTotal} steps for tenant ${tenantId}, job ${jobId}.`,
  );
  return outcomeOf(job.value);
}

function queryOf(input: InstallInput, request: PlanRequest): Result<TenantsInstallStartQuery, Failure> {
  const onFailure = input["on-failure"] ?? "stop";
  if (onFailure !== "stop" && onFailure !== "undo") {
    return err(failure(2, `--on-failure must be stop or undo, not ${onFailure}`));
  }
  const parallel = wholeNumber("--parallel", input.parallel, 1);
  if (!parallel.ok) return parallel;
  const waitFor = wholeNumber("--wait-for", input["wait-for"], 0);
  if (!waitFor.ok) return waitFor;
  const { preRelease, npmSnapshot, reinstall } = request;
  return ok({
    onFailure,
    purge: input.purge,
    ignoreErrors: input["ignore-errors"],
    parallel: parallel.value,
    waitFor: waitFor.value,
    ...(input.parameters !== undefined && { tenantParameters: input.parameters }),
    ...(reinstall !== undefined && { reinstall }),
    ...(preRelease !== undefined && { preRelease }),
    ...(npmSnapshot !== undefined && { npmSnapshot }),
  });
}

function wholeNumber(option: string, text: string | undefined, byDefault: number): Result<number, Failure> {
  if (text === undefined) return ok(byDefault);
  return /^\d{1,6}$/u.test(text)
    ? ok(Number(text))
    : err(failure(2, `${option} must be a whole number, not ${text}`));
}

async function ask(plan: ExplainedPlan, { confirm }: CommandContext): Promise<Result<boolean, Failure>> {
  const count = `${plan.steps.length} ${plan.steps.length === 1 ? "step" : "steps"}`;
  const answer = await confirm(`Do these ${count} for tenant ${plan.tenant}?`);
  return answer === null
    ? err(
        failure(
          2,
          "there is nobody to ask: this is no terminal",
          "repeat it with --yes, or look first with --dry-run",
        ),
      )
    : ok(answer);
}

function exportPlan(
  plan: ExplainedPlan,
  file: string,
  { purge, parameters }: InstallInput,
  { url }: Connection,
  { terminal, folder }: CommandContext,
): Result<void, Failure> {
  const script = exportedCalls(plan, url, { purge, tenantParameters: parameters ?? null });
  if (file === "-") {
    terminal.print(script.trimEnd());
    return ok(undefined);
  }
  try {
    writeFileSync(typedPath(file, folder), script, { mode: 0o755 });
  } catch (cause) {
    return err(failure(1, `cannot write ${file}: ${plainly(errorCode(cause))}`));
  }
  terminal.print(`${file} does these ${plan.steps.length} steps, one call each. Nothing was changed.`);
  return ok(undefined);
}

/** Its last segment. */
function jobIn(location: string | null): string | null {
  const last = location?.split("/").at(-1) ?? "";
  return last === "" ? null : last;
}
