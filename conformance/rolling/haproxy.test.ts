import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startLoad } from "./clients-under-load.ts";
import { type CountingModule, startCountingModule } from "./counting-module.ts";
import { replacements } from "./replacements.ts";
import {
  isReady,
  ofTenant,
  path,
  type RollingPlatform,
  startRollingPlatform,
  until,
} from "./rolling-platform.ts";
import { startHaproxy } from "./start-haproxy.ts";

/** Set by `.ci/run` and `npm run soak` where Debian's package is there. */
const program = process.env["OCTAVO_HAPROXY"] ?? "";
if (program === "")
  process.stderr.write("SKIPPED: gateways behind HAProxy; OCTAVO_HAPROXY names no program\n");

describe.skipIf(program === "")("two gateways with workers behind HAProxy, as deploy/haproxy has it", () => {
  let module: CountingModule;
  let platform: RollingPlatform;
  let haproxy: Awaited<ReturnType<typeof startHaproxy>>;

  beforeEach(async () => {
    module = await startCountingModule();
    // Longer than the 1.5 s within which HAProxy notices (docs/operations/rolling.md).
    const env = { OCTAVO_DRAIN_DELAY_MS: "3000", OCTAVO_WORKERS: "2" };
    platform = await startRollingPlatform(2, module.url, env);
    haproxy = await startHaproxy(program, platform.gateways);
    await until("it serves", () => isReady(haproxy.url), haproxy);
  }, 120_000);

  afterEach(async () => {
    await haproxy.close();
    await platform.close();
    await module.close();
  });

  it(
    `are replaced in turn ${replacements} times under load, and their workers too: no error, no POST twice`,
    async () => {
      const { url } = haproxy;
      const load = startLoad({
        clients: 32,
        chooseGateway: () => Promise.resolve(url),
        path,
        headers: ofTenant,
      });
      for (let done = 0; done < replacements; done += 1) {
        const before = load.answered;
        const [one, other] = [platform.gateways[done % 2], platform.gateways[(done + 1) % 2]];
        await one?.replace();
        await until("HAProxy has it back", () => countOf(haproxy.output.stderr, "is UP") > done, haproxy);
        await other?.replaceWorkers(2);
        expect(load.answered, "there was load meanwhile").toBeGreaterThan(before);
      }
      const { failures, posts } = await load.stop();
      if (failures.length > 0) process.stderr.write(haproxy.output.stderr); // when it thought whom dead
      expect(failures).toEqual([]);
      expect(posts.filter((id) => module.posts.get(id) !== 1)).toEqual([]);
    },
    90_000 * (1 + replacements),
  );
});

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
