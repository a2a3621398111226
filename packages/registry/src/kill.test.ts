import { describe, expect, it } from "vitest";
import { faultOfLog } from "./testing/chain.ts";
import { put, tenantPut } from "./testing/open-on.ts";
import { startWriter } from "./testing/start-writer.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
const modules = 141;
const seed = Number(process.env["OCTAVO_TEST_SEED"] ?? 1);

describe("an instance that is killed while it imports 141 modules", () => {
  // The import takes some 30 ms where nothing else runs; the delays reach from before it to after it.
  it.each(delays(8))("has imported all or none, killed %i ms after it began", async (delayMs) => {
    const writer = await startWriter(database.url, { importModules: modules });
    await writer.begun;
    await new Promise((resolve) => setTimeout(resolve, delayMs)); // the moment is what this is about
    writer.kill();
    await writer.ended;

    const { registry } = await database.open();
    // Its last transaction may still be ending on the server: a write of our own comes after it.
    const written = await put(registry, [tenantPut("after")]);
    expect(written.ok).toBe(true);
    const imported = registry.snapshot.modules.size - 1;
    expect([0, modules]).toContain(imported);
    expect(registry.snapshot.revision).toBe(imported === 0 ? 1 : 2);
    expect(await database.query("select count(*)::int as n from octavo.module")).toEqual([{ n: imported }]);
    expect(await faultOfLog(registry)).toBe(null);
    const { registry: again } = await database.open();
    expect({ ...again.snapshot, modules: again.snapshot.modules.all() }).toEqual({
      ...registry.snapshot,
      modules: registry.snapshot.modules.all(),
    });
  });
});

/** Random, the same for the same seed (OCTAVO_TEST_SEED). */
function delays(count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 60;
  });
}
