import fc from "fast-check";
import { indexModules } from "@octavo/resolution";
import type { Result } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { anyWish, contentOf, follow } from "./change.arbitraries.ts";
import { applyPatch, diffSnapshots, inSlices, nothingYet, type SnapshotPatch } from "./snapshot-patch.ts";
import type { Snapshot } from "./snapshot.ts";
import { internalModule } from "./testing/sample-modules.ts";

const wishes = fc.array(anyWish, { maxLength: 40 });
const first: Snapshot = { ...nothingYet, history: "h", modules: indexModules([internalModule]) };

function must<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** As it arrives in another process. */
function sent(patch: SnapshotPatch): SnapshotPatch {
  return structuredClone(patch);
}

describe("a patch between two snapshots", () => {
  it("makes the one of the other, whichever two they are, in another process too", () => {
    fc.assert(
      fc.property(wishes, wishes, (some, others) => {
        const [base, next] = [follow(first, some).snapshot, follow(first, others).snapshot];
        expect(contentOf(must(applyPatch(base, sent(diffSnapshots(base, next)))))).toEqual(contentOf(next));
      }),
    );
  });

  it("tells everything to somebody who knows nothing yet, in slices as well", () => {
    fc.assert(
      fc.property(wishes, fc.integer({ min: 1, max: 3 }), (some, modulesAtOnce) => {
        const next = follow(first, some).snapshot;
        let told = nothingYet;
        for (const slice of inSlices(nothingYet, diffSnapshots(nothingYet, next), modulesAtOnce)) {
          expect(slice.modules.added.length).toBeLessThanOrEqual(modulesAtOnce);
          told = must(applyPatch(told, sent(slice)));
        }
        expect(contentOf(told)).toEqual(contentOf(next));
      }),
    );
  });

  it("holds nothing of what did not change, and leaves it the same object", () => {
    fc.assert(
      fc.property(wishes, wishes, (some, more) => {
        const base = follow(first, some).snapshot;
        const next = follow(base, more).snapshot;
        const patch = diffSnapshots(base, next);
        const patched = must(applyPatch(base, sent(patch)));
        const maps = ["tenants", "discovery", "env", "operators", "signingKeys", "identityEpochs"] as const;
        for (const name of maps) {
          const touched = new Set(patch[name].put.map(([key]) => key));
          for (const [key, value] of next[name]) {
            if (touched.has(key)) continue;
            expect(value).toBe(base[name].get(key));
            expect(patched[name].get(key)).toBe(base[name].get(key));
          }
        }
      }),
    );
  });

  it("is refused where it was made for another snapshot", () => {
    const next = follow(first, [
      { kind: "module", id: "mod-a-1.0.0", other: "diku", text: "", isRemoval: false },
      { kind: "tenant", id: "mod-a-1.0.0", other: "diku", text: "", isRemoval: false },
      { kind: "enable", id: "mod-a-1.0.0", other: "diku", text: "", isRemoval: false },
    ]).snapshot;
    const patch = diffSnapshots(nothingYet, next);
    const withoutModules = { ...patch, modules: { added: [], removed: [] } };
    expect(applyPatch(nothingYet, withoutModules)).toEqual({
      ok: false,
      error: "tenant diku has mod-a-1.0.0 enabled, which is not known",
    });
  });
});
