import { diffSnapshots, nothingYet, type SnapshotPatch } from "../snapshot-patch.ts";
import type { Snapshot } from "../snapshot.ts";

/** Measured: printing so much takes 1 to 3 ms. */
const BYTES_AT_ONCE = 256 * 1024;
const ENTRIES_AT_ONCE = 1000;
const ENABLEMENTS_AT_ONCE = 5000;

/** A whole snapshot as many small patches, so that whoever prints them one by one holds nobody up. They count together
 * only, in their order.
 * @see joined */
export function* wholeInSlices(snapshot: Snapshot): Generator<SnapshotPatch> {
  const whole = diffSnapshots(nothingYet, snapshot);
  const { position } = whole;
  for (const added of slices(whole.modules.added, BYTES_AT_ONCE, ([, source]) => source.length))
    yield { ...emptyAt(position), modules: { added, removed: [] } };
  for (const put of slices(whole.tenants.put, ENABLEMENTS_AT_ONCE, ([, { enabled }]) => enabled.length + 1))
    yield { ...emptyAt(position), tenants: { put, removed: [] } };
  for (const put of slices(whole.discovery.put, ENTRIES_AT_ONCE, ([, instances]) => instances.length))
    yield { ...emptyAt(position), discovery: { put, removed: [] } };
  for (const put of slices(
    whole.identityEpochs.put,
    ENTRIES_AT_ONCE,
    ([, { users }]) => users.put.length + 1,
  ))
    yield { ...emptyAt(position), identityEpochs: { put, removed: [] } };
  const { env, operators, signingKeys } = whole;
  yield { ...emptyAt(position), env, operators, signingKeys };
}

/** The patch that `wholeInSlices` cut. */
export function joined(
  position: SnapshotPatch["position"],
  patches: readonly SnapshotPatch[],
): SnapshotPatch {
  const all = <Part>(part: (patch: SnapshotPatch) => readonly Part[]): readonly Part[] =>
    patches.flatMap(part);
  return {
    position,
    modules: { added: all(({ modules }) => modules.added), removed: [] },
    tenants: { put: all(({ tenants }) => tenants.put), removed: [] },
    discovery: { put: all(({ discovery }) => discovery.put), removed: [] },
    env: { put: all(({ env }) => env.put), removed: [] },
    operators: { put: all(({ operators }) => operators.put), removed: [] },
    signingKeys: { put: all(({ signingKeys }) => signingKeys.put), removed: [] },
    identityEpochs: { put: all(({ identityEpochs }) => identityEpochs.put), removed: [] },
  };
}

const NOTHING = { put: [], removed: [] };

function emptyAt(position: SnapshotPatch["position"]): SnapshotPatch {
  return {
    position,
    modules: { added: [], removed: [] },
    tenants: NOTHING,
    discovery: NOTHING,
    env: NOTHING,
    operators: NOTHING,
    signingKeys: NOTHING,
    identityEpochs: NOTHING,
  };
}

/** Cuts where the weights of a slice have come to `most`: each has one item at least. */
function* slices<T>(
  items: readonly T[],
  most: number,
  weightOf: (item: T) => number,
): Generator<readonly T[]> {
  let from = 0;
  let weight = 0;
  for (const [at, item] of items.entries()) {
    weight += weightOf(item);
    if (weight < most) continue;
    yield items.slice(from, at + 1);
    from = at + 1;
    weight = 0;
  }
  if (from < items.length) yield items.slice(from);
}
