import { afterAll, expect, it, vi } from "vitest";
import { brokenClaims } from "./check-history.ts";
import { findIn } from "./find.ts";
import { readRegister, repeatWrites, writeRegister } from "./load.ts";
import { HANG_MS, heal, type Platform, startPlatform } from "./platform.ts";
import { Recorder } from "./recorder.ts";
import { isRun, isSoak } from "./tier.ts";

/** The connection to the database is cut while a write commits: after the commit was forwarded, and before. */

const rounds = isSoak ? 80 : 20;
vi.setConfig({ testTimeout: HANG_MS + rounds * 5000, hookTimeout: HANG_MS });

let platform: Platform | null = null;
afterAll(() => platform?.close());

it.runIf(isRun)(
  `each of ${rounds} writes whose commit was cut takes place once or not at all, and its client hears which`,
  async () => {
    platform = await startPlatform(2);
    const recorder = new Recorder();
    const [one, two] = platform.gateways;
    if (one === undefined || two === undefined) throw new Error("two gateways");
    for (let round = 0; round < rounds; round += 1) {
      const [at, other] = round % 4 < 2 ? [one, two] : [two, one];
      const isForwarded = round % 2 === 0;
      const cut = at.toDatabase.cutAt("notify octavo_change; commit", isForwarded);
      // With nobody to ask what became of it, every fifth ends as unknown.
      const from = recorder.now;
      if (round % 5 === 0) void cut.then(() => at.toDatabase.add({ kind: "down" }));
      await writeRegister(recorder, false, at, "REGISTER");
      await cut;
      if (round % 5 === 0) {
        await heal(at, other, 2);
        recorder.cut({ instance: at.url, from, to: recorder.now });
      }
      await readRegister(recorder, false, other, "REGISTER");
    }
    const outcomes = Object.groupBy(recorder.writes, ({ outcome }) => outcome);
    await repeatWrites(recorder, platform.gateways);
    for (const gateway of platform.gateways) await readRegister(recorder, false, gateway, "REGISTER");
    const found = await findIn(platform.databaseUrl, new Map());
    expect(brokenClaims(recorder.history(found))).toEqual([]);
    const { ok = [], fail = [], unknown = [] } = outcomes;
    process.stderr.write(
      `cut at commit: ${ok.length} ok, ${fail.length} refused, ${unknown.length} unknown\n`,
    );
    expect([ok, fail, unknown].map(({ length }) => length > 0)).toEqual([true, true, true]);
  },
);
