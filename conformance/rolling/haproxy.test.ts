import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSoak } from "../ha/tier.ts";
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

/** R1. */
const leastRequests = isSoak ? 100_000 : 1000;

describe.skipIf(program === "")(
  "three gateways with workers behind HAProxy, as deploy/haproxy has it",
  () => {
    let module: CountingModule;
    let platform: RollingPlatform;
    let haproxy: Awaited<ReturnType<typeof startHaproxy>>;

    beforeEach(async () => {
      module = await startCountingModule();
      // Longer than the 1.5 s within which HAProxy notices (docs/operations/rolling.md).
      const env = { OCTAVO_DRAIN_DELAY_MS: "3000", OCTAVO_WORKERS: "2" };
      platform = await startRollingPlatform(3, module.url, env);
      haproxy = await startHaproxy(program, platform.gateways);
      await until("it serves", () => isReady(haproxy.url), haproxy);
    }, 120_000);

    afterEach(async () => {
      await haproxy.close();
      await platform.close();
      await module.close();
    });

    it(
      `are replaced in turn at least ${replacements} times under load, and their workers too: no error, no POST twice`,
      async () => {
        const { url } = haproxy;
        const load = startLoad({
          clients: 32,
          chooseGateway: () => Promise.resolve(url),
          path,
          headers: ofTenant,
        });
        let replaced = 0;
        for (let done = 0; done < replacements || load.answered < leastRequests; done += 1) {
          const before = load.answered;
          const [one, other] = [platform.gateways[done % 3], platform.gateways[(done + 1) % 3]];
          await one?.replace();
          await until("HAProxy has it back", () => countOf(haproxy.output.stderr, "is UP") > done, haproxy);
          await other?.replaceWorkers(2);
          replaced += 1;
          expect(load.answered, "there was load meanwhile").toBeGreaterThan(before);
        }
        const { answered, failures, posts } = await load.stop();
        if (failures.length > 0) process.stderr.write(haproxy.output.stderr); // when it thought whom dead
        process.stderr.write(
          `R1: ${answered} requests, ${posts.length} of them POSTs, over ${replaced} replaced gateways and ${2 * replaced} workers: ${failures.length} errors\n`,
        );
        expect(failures).toEqual([]);
        expect(posts.filter((id) => module.posts.get(id) !== 1)).toEqual([]);
      },
      90_000 * (1 + replacements),
    );
  },
);

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
