import { type RegisterOperation, unorderable } from "./check-register.ts";
import type { Cut, History, Look, Write } from "./history.ts";

/** A claim that does not hold of a history, and why. */
export interface BrokenClaim {
  readonly claim: Claim;
  readonly because: string;
}

type Claim = keyof typeof checks;

/** What must hold of every history, whatever was done to the platform. @see reliability.md 5.3 */
const checks = {
  "an acknowledged write is there": ({ writes, found }: History) =>
    writes
      .filter(({ id, outcome }) => outcome === "ok" && effectsOf(found.effects, id) === 0)
      .map((write) => `${told(write)} and is not there`),
  "no write takes place twice, a refused one not at all": ({ writes, found }: History) =>
    writes
      .filter(({ id, outcome }) => effectsOf(found.effects, id) > (outcome === "fail" ? 0 : 1))
      .map((write) => `${told(write)} and took place ${effectsOf(found.effects, write.id)} times`),
  "one key has one answer for ever": ({ writes }: History) =>
    writes
      .filter(({ answers }) => new Set(answers).size > 1)
      .map((write) => `${told(write)}, its answers: ${[...new Set(write.answers)].join(" / ")}`),
  "nobody is older than an answered write": stale,
  "an instance never goes back": wentBack,
  "the chain of changes is whole": ({ found }: History) =>
    found.chainFault === null ? [] : [found.chainFault],
  "a register can be ordered": unordered,
  "an answer is that of the tenant that asked": ({ calls }: History) =>
    calls
      .filter(({ canary, answeredCanary }) => answeredCanary !== null && answeredCanary !== canary)
      .map(({ id, canary, answeredCanary }) => `${id} of ${canary} got the answer of ${answeredCanary}`),
  "a module gets no POST twice, and each that was answered": ({ calls, found }: History) =>
    calls
      .filter(({ isPost }) => isPost)
      .map((call) => ({ call, times: found.received.get(call.id) ?? 0 }))
      .filter(({ call, times }) => times > 1 || (call.outcome === "ok" && times === 0))
      .map(({ call, times }) => `${told(call)} and came ${times} times`),
} satisfies Record<string, (history: History) => readonly string[]>;

/** Every claim that this history breaks; empty where it breaks none. */
export function brokenClaims(history: History): readonly BrokenClaim[] {
  return (Object.keys(checks) as Claim[]) // as: the keys of this very object
    .flatMap((claim) => checks[claim](history).map((because) => ({ claim, because })));
}

/** After an answer that named nobody as missing, an instance with contact has that revision or a later one. */
function stale({ writes, looks, cuts, found }: History): readonly string[] {
  const settled = writes
    .filter(({ missing, outcome }) => outcome === "ok" && missing !== null)
    .map((write) => ({ write, revision: Math.min(...(found.effects.get(write.id) ?? [0])) }));
  return looks.flatMap((look) => {
    const late = settled.find(
      ({ write, revision }) =>
        write.endedAt < look.invokedAt && look.revision < revision && isReached(write, look, cuts),
    );
    if (late === undefined) return [];
    const { write, revision } = late;
    return [`${look.instance} was at ${look.revision} after the answer to ${write.id}, which is ${revision}`];
  });
}

function isReached(write: Write, look: Look, cuts: readonly Cut[]): boolean {
  return write.missing?.includes(look.instance) !== true && !isCut(cuts, look.instance, write, look);
}

/** Whether the instance had no contact at some time between the beginning of the one and the end of the other. */
function isCut(
  cuts: readonly Cut[],
  instance: string,
  { invokedAt }: { readonly invokedAt: number },
  { endedAt }: { readonly endedAt: number },
): boolean {
  return cuts.some((cut) => cut.instance === instance && cut.from <= endedAt && invokedAt <= cut.to);
}

function wentBack({ looks }: History): readonly string[] {
  return looks.flatMap((look) => {
    const before = looks.find(
      ({ instance, line, endedAt, revision }) =>
        instance === look.instance &&
        line === look.line &&
        endedAt < look.invokedAt &&
        revision > look.revision,
    );
    return before === undefined
      ? []
      : [`${look.instance} was at ${look.revision} after ${before.revision} on the same line`];
  });
}

/** Seen by the clients of one instance: what others see of a write before its answer is not promised. */
function unordered({ writes, reads, cuts }: History): readonly string[] {
  const seen = Map.groupBy(
    reads.filter(({ outcome }) => outcome === "ok"),
    ({ register, instance }) => JSON.stringify([register, instance]),
  );
  return [...seen.values()].flatMap((here) => {
    const { register, instance } = here[0] ?? { register: "", instance: "" };
    const read = new Set(here.map(({ value }) => value));
    const operations: RegisterOperation[] = writes
      .filter((write) => write.register === register && (write.outcome !== "fail" || read.has(write.id)))
      .map((write) => ({ kind: "write", value: write.id, ...timesAt(instance, write, cuts) }));
    for (const { value, invokedAt: from, endedAt: to } of here)
      operations.push({ kind: "read", value, from, to });
    const why = unorderable(operations);
    const failed = writes.find(({ id, outcome }) => outcome === "fail" && read.has(id));
    if (failed !== undefined) return [`${register} at ${instance}: ${told(failed)} and was read`];
    return why === null ? [] : [`${register} at ${instance}: ${why}`];
  });
}

/** A write has come to an instance when its answer said so; to one that was named as missing, or cut off, some time later. */
function timesAt(instance: string, write: Write, cuts: readonly Cut[]): { from: number; to: number } {
  const { invokedAt: from, endedAt, outcome, missing } = write;
  const isThere =
    outcome === "ok" &&
    (instance === write.instance ||
      (missing !== null && !missing.includes(instance) && !isCut(cuts, instance, write, write)));
  return { from, to: isThere ? endedAt : Infinity };
}

function effectsOf(effects: ReadonlyMap<string, readonly number[]>, id: string): number {
  return effects.get(id)?.length ?? 0;
}

function told({
  id,
  outcome,
  because,
}: {
  readonly id: string;
  readonly outcome: string;
  readonly because: string;
}) {
  return `${id} ended as ${outcome} (${because})`;
}
