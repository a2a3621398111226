import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyWish, contentOf, follow } from "./change.arbitraries.ts";
import { put } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

describe("a state", () => {
  it("is the same to its writer, to a follower and to an instance that starts", async () => {
    const { registry } = await database.open();
    const { registry: follower } = await database.open();
    await fc.assert(
      fc.asyncProperty(fc.array(anyWish, { minLength: 1, maxLength: 12 }), async (wishes) => {
        const { changes } = follow(registry.snapshot, wishes);
        const written = await put(registry, changes);
        expect(written.ok).toBe(true);
        expect(await follower.reached(registry.snapshot.revision, 10_000)).toBe(true);
        expect(contentOf(follower.snapshot)).toEqual(contentOf(registry.snapshot));
      }),
      { numRuns: 60 },
    );
    const { registry: started } = await database.open();
    expect(contentOf(started.snapshot)).toEqual(contentOf(registry.snapshot));
    expect(started.snapshot.hash).toBe(registry.snapshot.hash);
  });
});
