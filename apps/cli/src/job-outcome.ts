import type { Job } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { failure, type ExitCode, type Failure } from "./exit-codes.ts";

/** Exit codes of commands that follow a job to its end. */
export const jobExits = {
  0: "done",
  1: "failed; the modules that were done before stay, and are said",
  5: "failed, and the tenant's modules are as they were before",
  6: "it waits for a human: what for, and what to type, is said",
} as const satisfies Partial<Record<ExitCode, string>>;

/** What a job has come to, for whoever waited for it. One that still runs is no outcome. */
export function outcomeOf({ id, tenantId, state, message, choices }: Job): Result<void, Failure> {
  const because = message === undefined ? "" : `: ${message}`;
  switch (state) {
    case "done":
      return ok(undefined);
    case "undone":
      return err(
        failure(5, `job ${id} was undone${because}`, `tenant ${tenantId} has the modules of before`),
      );
    case "waiting-for-human":
      return err(failure(6, `job ${id} waits${because}`, choices ?? null));
    case "failed":
      return err(failure(1, `job ${id} failed${because}`, `see: octavo job show ${id}`));
    default:
      return err(failure(3, `job ${id} goes on, but is not followed further`, `see: octavo job watch ${id}`));
  }
}
