import type { ExplainedPlan, PlanRequest } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import type { CommandContext, OptionSpecs } from "./command.ts";
import { accept, connectionExits, connectionOptions, type Connection } from "./connection.ts";
import { failure, type ExitCode, type Failure } from "./exit-codes.ts";
import { planPage } from "./plan-page.ts";

/** Options of both plan commands. */
export const planOptions = {
  "pre-release": {
    kind: "text",
    value: "true|false|only",
    help: "whether pre-releases are considered; default true",
  },
  "npm-snapshot": {
    kind: "text",
    value: "true|false|only",
    help: "whether NPM snapshots are considered; default true",
  },
  ...connectionOptions,
} as const satisfies OptionSpecs;

export const planExits = {
  0: "there is a plan, perhaps an empty one",
  1: "there is no plan; what cannot be had, and why, is said",
  ...connectionExits,
} as const satisfies Partial<Record<ExitCode, string>>;

type Filter = NonNullable<PlanRequest["preRelease"]>;

/** The version filter of the options, as a plan request has it. */
export function versionFilter(options: {
  readonly "pre-release": string | undefined;
  readonly "npm-snapshot": string | undefined;
}): Result<Pick<PlanRequest, "preRelease" | "npmSnapshot">, Failure> {
  const { "pre-release": preRelease, "npm-snapshot": npmSnapshot } = options;
  if (!isFilter(preRelease)) return err(notAFilter("--pre-release", preRelease));
  if (!isFilter(npmSnapshot)) return err(notAFilter("--npm-snapshot", npmSnapshot));
  return ok({
    ...(preRelease !== undefined && { preRelease }),
    ...(npmSnapshot !== undefined && { npmSnapshot }),
  });
}

function isFilter(value: string | undefined): value is Filter | undefined {
  return value === undefined || value === "true" || value === "false" || value === "only";
}

function notAFilter(option: string, value: string | undefined): Failure {
  return failure(2, `${option} must be true, false or only, not ${value}`);
}

/** Asks for a plan. Nothing changes. */
export async function explainedPlan(
  tenantId: string,
  request: PlanRequest,
  connection: Connection,
  context: CommandContext,
): Promise<Result<{ readonly value: ExplainedPlan; readonly text: string }, Failure>> {
  const answer = await connection.client.plans.explain({ tenantId, body: request });
  if (!answer.ok && answer.status === 400) return err(noPlan(answer.message));
  return accept(answer, connection, {
    message: `there is no tenant ${tenantId}`,
    remedy: `see: ${context.invocation} tenant list`,
  });
}

/** Asks for a plan and prints it. Nothing changes. */
export async function explainPlan(
  tenantId: string,
  request: PlanRequest,
  connection: Connection,
  context: CommandContext,
  json: boolean,
): Promise<Result<void, Failure>> {
  const plan = await explainedPlan(tenantId, request, connection, context);
  if (!plan.ok) return plan;
  const page = (value: ExplainedPlan) => planPage(value, context.terminal.paint);
  context.terminal.print(json ? plan.value.text : page(plan.value.value));
  return ok(undefined);
}

/** The planner answers with Okapi's text, and on the next line with a sentence that says what cannot be had and why. */
function noPlan(message: string): Failure {
  const [okapi = message, because] = message.split("\n");
  return because === undefined
    ? failure(1, okapi)
    : failure(1, `no plan: ${because}`, `in Okapi's words: ${okapi}`);
}
