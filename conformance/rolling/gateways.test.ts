import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startLoad } from "./clients-under-load.ts";
import { type CountingModule, startCountingModule } from "./counting-module.ts";
import { replacements } from "./replacements.ts";
import { isReady, ofTenant, path, type RollingPlatform, startRollingPlatform } from "./rolling-platform.ts";

let module: CountingModule;
let platform: RollingPlatform;

beforeEach(async () => {
  module = await startCountingModule();
  // As long as a client may take to send its next request.
  platform = await startRollingPlatform(2, module.url, { OCTAVO_DRAIN_DELAY_MS: "1000" });
}, 120_000);

afterEach(async () => {
  await platform.close();
  await module.close();
});

describe("two gateways", () => {
  it(
    `are replaced in turn ${replacements} times under load: clients that follow readiness see no error`,
    async () => {
      const load = startLoad({
        clients: 32,
        chooseGateway: () => anyReady(platform),
        path,
        headers: ofTenant,
      });
      for (let done = 0; done < replacements; done += 1) {
        const before = load.answered;
        await platform.gateways[done % 2]?.replace();
        expect(load.answered, "there was load meanwhile").toBeGreaterThan(before);
      }
      const { failures, posts } = await load.stop();
      expect(failures).toEqual([]);
      expect(posts.filter((id) => module.posts.get(id) !== 1)).toEqual([]);
    },
    60_000 * (1 + replacements),
  );
});

/** As a balancer: in turn, those that say they are ready. */
let turn = 0;
async function anyReady({ gateways }: RollingPlatform): Promise<string> {
  for (;;) {
    turn += 1;
    const url = gateways[turn % gateways.length]?.url ?? "";
    if (await isReady(url)) return url;
  }
}
