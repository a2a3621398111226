import { ONLY } from "@octavo/testing/simulation/registry-statements";
import { LEAST_IN_LOG } from "./stage.ts";
import type { Committed, Rows, TableName } from "@octavo/testing/simulation/rows";

/** What no commit may do, whoever makes it.
 * @returns the claims that this one breaks */
export function brokenByCommit(
  before: Committed,
  after: Committed,
): readonly { readonly claim: string; readonly detail: string }[] {
  return [
    ...changesOf(before, after, "revision").flatMap(({ was, is }) =>
      was === undefined || is?.counter === was.counter || is?.counter === was.counter + 1
        ? []
        : [{ claim: "revisions have no gap", detail: `${was.counter} -> ${is?.counter}` }],
    ),
    ...changesOf(before, after, "change").flatMap(({ key, was, is }) =>
      was === undefined || (is === undefined && was.revision <= cutOf(after).revision)
        ? []
        : [{ claim: "the log is only added to, and cut from its old end", detail: `change ${key}` }],
    ),
    ...changesOf(before, after, "changeCut").flatMap(({ is }) => {
      if (is === undefined) return [{ claim: "the log says where it begins", detail: "not at all" }];
      const last = row(before, "change", String(is.revision));
      const left = (row(after, "revision", ONLY)?.counter ?? 0) - is.revision;
      return [
        ...(last?.hash === is.hash ? [] : [{ claim: "the chain is whole", detail: `cut at ${is.revision}` }]),
        ...(left >= LEAST_IN_LOG ? [] : [{ claim: "the last changes stay", detail: `${left} are left` }]),
      ];
    }),
    ...changesOf(before, after, "lease").flatMap(({ key, was, is }) => {
      if (was === undefined || is === undefined) return [];
      const isTaken = was.holder !== is.holder;
      return is.epoch === was.epoch + (isTaken ? 1 : 0)
        ? []
        : [{ claim: "an epoch has one holder", detail: `${key}: ${was.epoch} -> ${is.epoch}` }];
    }),
    ...changesOf(before, after, "job").flatMap(({ key, was, is }) => {
      if (was === undefined) return [];
      if (is === undefined) return [{ claim: "no job is lost", detail: `${key} is gone` }];
      if (was.endedAtMs !== null) return [{ claim: "what has ended stays so", detail: `job ${key}` }];
      if (is.epoch < was.epoch)
        return [{ claim: "no job is driven twice", detail: `${key}: epoch ${was.epoch} -> ${is.epoch}` }];
      const lease = row(after, "lease", `jobs/${is.tenantId}`);
      return is.owner !== null && (lease?.epoch !== is.epoch || lease.holder !== is.owner)
        ? [
            {
              claim: "no job is driven twice",
              detail: `${key}: by epoch ${is.epoch}, the lease is at ${lease?.epoch}`,
            },
          ]
        : [];
    }),
    ...changesOf(before, after, "call").flatMap(({ key, was, is }) =>
      was !== undefined && is !== undefined && is.epoch < was.epoch
        ? [{ claim: "no job is driven twice", detail: `call ${key}: epoch ${was.epoch} -> ${is.epoch}` }]
        : [],
    ),
    ...(row(after, "revision", ONLY) === undefined
      ? [{ claim: "revisions have no gap", detail: "no counter" }]
      : []),
  ];
}

/** The newest change that is no longer in the log. */
export function cutOf(committed: Committed): Rows["changeCut"] {
  return row(committed, "changeCut", ONLY) ?? { revision: 0, hash: "" };
}

interface RowChange<T> {
  readonly key: string;
  readonly was: T | undefined;
  readonly is: T | undefined;
}

function changesOf<T extends TableName>(
  before: Committed,
  after: Committed,
  table: T,
): readonly RowChange<Rows[T]>[] {
  const [was, is] = [before.get(table), after.get(table)];
  if (was === is) return [];
  const keys = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...keys]
    .filter((key) => was?.get(key) !== is?.get(key))
    .map((key) => ({ key, was: row(before, table, key), is: row(after, table, key) }));
}

function row<T extends TableName>(committed: Committed, table: T, key: string): Rows[T] | undefined {
  return committed.get(table)?.get(key) as Rows[T] | undefined; // as: a transaction's `put` is the only way in
}
