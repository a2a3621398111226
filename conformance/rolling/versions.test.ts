import { spawnOctavo } from "@octavo/testing/spawn-octavo";
import { afterEach, describe, expect, it } from "vitest";
import { apiAt } from "../gateway/http.ts";
import { startLoad } from "./clients-under-load.ts";
import { startCountingModule } from "./counting-module.ts";
import { startWrites } from "./management-writes.ts";
import { nextVersion } from "./next-version.ts";
import { commitBefore, type ProgramTree, treeOf, treeWith } from "./program-tree.ts";
import { isReady, ofTenant, path, type RollingPlatform, startRollingPlatform } from "./rolling-platform.ts";

/** The upgrade of the gateway itself, under calls and management writes: old program on the new schema, both, the new one alone, back, and
 * forth again. */

const isRun = process.env["OCTAVO_HA"] !== undefined || process.env["OCTAVO_SOAK"] !== undefined;
const registry = "packages/registry/src";
const ofSchema = [`${registry}/migrations`, `${registry}/protocol.ts`, `${registry}/migrate.ts`];
// An older program would not start on a schema that a newer one has added to.
const before = commitBefore(ofSchema, (text) => !text.includes('"schema-newer"'));
if (isRun && before === null)
  process.stderr.write(
    "SKIPPED: upgrade from before the last commit that changed schema or protocol: the history is too short\n",
  );

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const MOST_MS = 300_000;

describe.runIf(isRun)("gateways under load", () => {
  it.skipIf(before === null)(
    "are upgraded from before the last commit that changed schema or protocol, taken back and upgraded again without an error",
    async () => {
      const [old, current] = [treeOf(before ?? ""), treeWith({})];
      ends.push(old.remove, current.remove);
      const { report } = await upgrade(old, current);
      expect(report).toEqual(nothingWrong);
    },
    MOST_MS,
  );

  it(
    "are upgraded to a version with another schema and protocol, taken back, upgraded again and finalized without an error; then the old one is refused",
    async () => {
      const [current, next] = [treeWith({}), nextVersion()];
      ends.push(current.remove, next.remove);
      const { platform, report } = await upgrade(current, next);
      expect(report).toEqual(nothingWrong);
      const env = {
        DATABASE_URL: platform.databaseUrl,
        OCTAVO_MANAGEMENT_AUTH: "open",
        OCTAVO_DATA_DIR: `${next.root}/data`,
      };
      const late = await spawnOctavo(["gateway"], env, current.root);
      const { code } = await late.exited;
      expect(code).not.toBe(0);
      expect(late.output.stderr).toContain("use protocol 2, this program knows 1 to 1");
      expect(await isReady(platform.gateways[0]?.url ?? "")).toBe(true);
    },
    MOST_MS,
  );
});

interface UpgradeReport {
  /** Phases without a call or a write. */
  readonly quiet: readonly string[];
  readonly failures: readonly string[];
  /** POSTs that the module did not get once. */
  readonly notOnce: readonly string[];
  /** Acknowledged writes that are not there. */
  readonly lost: readonly string[];
}

const nothingWrong: UpgradeReport = { quiet: [], failures: [], notOnce: [], lost: [] };

/** N -> N+1 -> N -> N+1 -> finalize, each gateway in turn. */
async function upgrade(
  old: ProgramTree,
  next: ProgramTree,
): Promise<{ readonly platform: RollingPlatform; readonly report: UpgradeReport }> {
  const module = await startCountingModule();
  ends.push(() => module.close());
  const platform = await startRollingPlatform(2, module.url, { OCTAVO_DRAIN_DELAY_MS: "1000" }, old.root);
  ends.push(() => platform.close());
  const [one, other] = platform.gateways;
  if (one === undefined || other === undefined) throw new Error("two gateways");
  const chooseGateway = () => anyReady(platform);
  const load = startLoad({ clients: 8, chooseGateway, path, headers: ofTenant });
  const writes = startWrites(chooseGateway);
  const served = { calls: 0, writes: 0 };
  const quiet: string[] = [];
  const phases: readonly (readonly [string, typeof one, ProgramTree])[] = [
    ["new beside old", one, next],
    ["new alone", other, next],
    ["back: old on the new schema, beside new", one, old],
    ["back: old alone", other, old],
    ["new beside old again", other, next],
  ];
  for (const [phase, gateway, { root }] of phases) {
    await gateway.replace(root);
    if (load.answered === served.calls || writes.done === served.writes) quiet.push(phase);
    [served.calls, served.writes] = [load.answered, writes.done];
  }
  await one.replace(next.root);
  const finalized = await apiAt(one.url).post("/_/octavo/cluster/finalize", {});
  expect([finalized.status, finalized.text]).toEqual([200, expect.any(String)]);
  const { failures, posts } = await load.stop();
  const written = await writes.stop();
  const env = await apiAt(other.url).get("/_/env");
  const there = new Set(
    (JSON.parse(env.text) as readonly { readonly name: string }[]).map(({ name }) => name),
  ); // entries
  process.stderr.write(`upgraded: ${posts.length} POSTs, ${written.names.length} writes, no error\n`);
  return {
    platform,
    report: {
      quiet,
      failures: [...failures, ...written.failures],
      notOnce: posts.filter((id) => module.posts.get(id) !== 1),
      lost: written.names.filter((name) => !there.has(name)),
    },
  };
}

let turn = 0;
async function anyReady({ gateways }: RollingPlatform): Promise<string> {
  for (;;) {
    turn += 1;
    const url = gateways[turn % gateways.length]?.url ?? "";
    if (await isReady(url)) return url;
  }
}
