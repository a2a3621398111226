import { ok, type Result } from "@octavo/result";
import type { Failure } from "../exit-codes.ts";
import type { TenantCalls } from "../tenant-admin/tenant-calls.ts";
import type { SampleRecord, SampleRecords } from "./sample-records.ts";

export interface LoadedRecords {
  /** Posted now. */
  readonly loaded: number;
  /** Neither taken nor there: why, for each. */
  readonly refused: readonly string[];
}

/** Requests in flight: the modules' connections are few. */
const AT_ONCE = 8;

type Outcome = "loaded" | "there" | { readonly refused: string };

/** Posts records of one kind, in any order. What is there under the same id stays, so that it may be repeated.
 * @returns err where the gateway has no answer, or the caller may not */
export async function loadRecords(
  calls: TenantCalls,
  { path, records }: SampleRecords,
): Promise<Result<LoadedRecords, Failure>> {
  const waiting = [...records];
  const refused: string[] = [];
  let loaded = 0;
  let failed: Failure | null = null;
  const work = async (): Promise<void> => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) {
      const outcome = await loadRecord(calls, path, record);
      if (!outcome.ok) {
        failed = outcome.error;
        waiting.length = 0; // nobody goes on
        return;
      }
      if (outcome.value === "loaded") loaded += 1;
      else if (outcome.value !== "there") refused.push(outcome.value.refused);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed === null ? ok({ loaded, refused }) : { ok: false, error: failed };
}

async function loadRecord(
  calls: TenantCalls,
  path: string,
  record: SampleRecord,
): Promise<Result<Outcome, Failure>> {
  const posted = await calls.send("POST", path, record, [201]);
  if (posted.ok) return ok("loaded");
  if (posted.error.exitCode !== 1) return posted;
  const found = await calls.send("GET", `${path}/${record.id}`, null, [200, 404]);
  if (found.ok && found.value.status === 200) return ok("there");
  return ok({ refused: posted.error.message ?? "" });
}
