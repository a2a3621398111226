import { lintSteps } from "../lint/lint-steps.ts";
import type { MigrationStop, Release } from "../migrator.ts";

/** Nothing is begun of a release that has a step which must not run. */
export function refuseSteps({ version, steps }: Release): MigrationStop | null {
  const problems = lintSteps(steps);
  const [first] = problems;
  if (first === undefined) return null;
  const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
  const message = `${version}, step "${first.stepId}", line ${first.line}: ${first.message}${more}`;
  return { kind: "refused-step", problems, message };
}
