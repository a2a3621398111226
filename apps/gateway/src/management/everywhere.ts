import type { Operation } from "@octavo/management-api";
import type { LiveInstance, Registry, Settled } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";
import type { Refusal } from "./handler.ts";
import { badRequest } from "./refusals.ts";

/** How long a write may be held until every instance has it: "each" tells the truth after a while, "all" calls that a
 * failure, "none" does not wait. */
export type WaitFor = "each" | "all" | "none";

/** One that is dead is no longer live after three seconds, one that is frozen catches up before it serves again. */
const LONGEST_MS = 2000;

/** The parameter `wait` of an operation that writes. */
export function waitForOf(operation: Operation, query: URLSearchParams): Result<WaitFor, Refusal> {
  const asked = operation.writes ? query.get("wait") : null;
  if (asked === null) return ok("each");
  if (asked === "all" || asked === "none") return ok(asked);
  return badRequest(`Bad value for parameter wait: ${asked}. Give all or none, or leave it out`);
}

/** What is known of a write after the wait. */
export interface Everywhere {
  /** For the answer, whatever it is. */
  readonly headers: readonly string[];
  /** In place of the answer; null where that stands. */
  readonly refusal: Refusal | null;
}

/** Waits until every live instance has applied what this one has, and says how far it has come.
 * @see reliability.md 2.3 */
export async function everywhere(waitFor: WaitFor, registry: Registry): Promise<Everywhere> {
  const { revision } = registry.snapshot;
  if (waitFor === "none") return { headers: [], refusal: null };
  const settled = await registry.settled(revision, LONGEST_MS);
  const isMissing = settled.kind === "unknown" || settled.missing.length > 0;
  return {
    headers: headersOf(settled),
    refusal: waitFor === "all" && isMissing ? { kind: "not-everywhere", message: sentence(settled) } : null,
  };
}

function headersOf(settled: Settled): readonly string[] {
  if (settled.kind === "unknown") return ["X-Octavo-Applied", "unknown"];
  const { live, missing } = settled;
  const applied = ["X-Octavo-Applied", `${live - missing.length}/${live}`];
  return missing.length === 0 ? applied : [...applied, "X-Octavo-Missing", urlsOf(missing)];
}

function sentence(settled: Settled): string {
  const { revision } = settled;
  return settled.kind === "unknown"
    ? `Revision ${revision} is written. Whether every gateway has applied it cannot be said: the database does not answer`
    : `Revision ${revision} is written, but not applied everywhere after ${LONGEST_MS} ms: ${urlsOf(settled.missing)}`;
}

function urlsOf(instances: readonly LiveInstance[]): string {
  return instances.map(({ url }) => url).join(", ");
}
