import { parseModuleDescriptor } from "@octavo/descriptor";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { indexModules, planInstall, planUpgrade } from "@octavo/resolution";
import type { ModuleIndex, PlanResult, WantedModule } from "@octavo/resolution";
import { planOneByOne } from "@octavo/resolution/one-by-one";
import { hasFolioData, readDescriptors, readInstallList } from "@octavo/testing/folio-data";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { timeRuns } from "./resolution-time-runs.ts";

/** How long planning takes: release A on an empty tenant and Poppy to release A, among the modules of the two releases and
 * among 10,000. The peer follows the same rules over all modules one by one, as Okapi does, and gives the same plan. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  if (!hasFolioData) return { name: "resolution: no FOLIO release here, nothing measured", figures: [] };
  const runs = isFull ? 200 : 40;
  const peerRuns = isFull ? 20 : 5;
  const poppy = readRelease("poppy");
  const releaseA = readRelease("release-a");
  const few = indexModules(releaseA.modules);
  const two = indexModules([...poppy.modules, ...releaseA.modules]);
  const many = indexModules(manyVersions(two, 10_000));
  const poppyIds = poppy.wanted.map(({ id }) => id);

  const figures: Figure[] = [];
  const measure = async (
    name: string,
    goal: string | null,
    work: () => PlanResult,
    peer: (() => unknown) | null,
  ) => {
    assertPlanned(name, work());
    const own = await timeRuns(work, runs);
    const figure = { name, value: own.median, unit: "ms", spread: own.quartiles };
    const withGoal = goal === null ? figure : { ...figure, goal };
    const ratio = peer === null ? null : (await timeRuns(peer, peerRuns)).median / own.median;
    figures.push(ratio === null ? withGoal : { ...withGoal, ratio });
    return own.median;
  };

  const install = (known: ModuleIndex, enabled: readonly string[]) => () =>
    planInstall(known, enabled, releaseA.wanted);
  const plainly = (known: ModuleIndex, enabled: readonly string[]) => () =>
    planOneByOne(known.all(), enabled, releaseA.wanted);
  const upgrade = (known: ModuleIndex) => () => planUpgrade(known, poppyIds);
  const orders: readonly WantedModule[] = [{ id: "mod-orders", action: "enable" }];

  const empty = await measure(
    `A, empty tenant, ${few.size} known`,
    "<= 50 ms",
    install(few, []),
    plainly(few, []),
  );
  const emptyMany = await measure(`A, empty tenant, ${many.size} known`, null, install(many, []), null);
  const moved = await measure(
    `Poppy to A, ${two.size} known`,
    "<= 50 ms",
    install(two, poppyIds),
    plainly(two, poppyIds),
  );
  const movedMany = await measure(`Poppy to A, ${many.size} known`, null, install(many, poppyIds), null);
  const newest = await measure(`Poppy to newest, ${two.size} known`, "<= 50 ms", upgrade(two), null);
  const newestMany = await measure(`Poppy to newest, ${many.size} known`, null, upgrade(many), null);
  const pulled = await measure(
    `mod-orders with all it needs, ${two.size} known`,
    null,
    () => planInstall(two, [], orders),
    () => planOneByOne(two.all(), [], orders),
  );
  const pulledMany = await measure(
    `mod-orders with all it needs, ${many.size} known`,
    null,
    () => planInstall(many, [], orders),
    () => planOneByOne(many.all(), [], orders),
  );
  for (const [name, less, more] of [
    ["A", empty, emptyMany],
    ["Poppy to A", moved, movedMany],
    ["Poppy to newest", newest, newestMany],
    ["mod-orders", pulled, pulledMany],
  ] as const) {
    figures.push({ name: `${name}: 10,000 known cost`, value: more / less, unit: "x", goal: "<= 10" });
  }
  figures.push(...(await indexFigures(many, runs)));
  return { name: "resolution", figures };
}

/** What a change of one module costs beside building the whole index. */
async function indexFigures(many: ModuleIndex, runs: number): Promise<readonly Figure[]> {
  const modules = many.all();
  const [module] = modules.slice(-1);
  if (module === undefined) return [];
  const whole = await timeRuns(() => indexModules(modules), 5);
  const without = many.with([], [module.id]);
  const one = await timeRuns(() => without.with([module]), runs);
  return [
    { name: `index of ${many.size}, built`, value: whole.median, unit: "ms", spread: whole.quartiles },
    {
      name: `index of ${many.size}, one module added`,
      value: one.median,
      unit: "ms",
      spread: one.quartiles,
      ratio: whole.median / one.median,
    },
  ];
}

function readRelease(release: "release-a" | "poppy") {
  const modules = readDescriptors(release).map(({ file, text }): ModuleDescriptor => {
    const json = parseJson(text);
    const parsed = json.ok ? parseModuleDescriptor(json.value) : null;
    if (parsed?.ok !== true) throw new Error(`${file} of ${release} is no module descriptor`);
    return parsed.value;
  });
  const wanted = readInstallList(release).map(({ id }): WantedModule => ({ id, action: "enable" }));
  return { modules, wanted };
}

/** The known modules and, below them, older patch versions of them that provide and need the same, up to `count`. */
function manyVersions(known: ModuleIndex, count: number): readonly ModuleDescriptor[] {
  const modules = [...known.all()];
  const real = modules.length;
  for (let at = 0; modules.length < count; at++) {
    const module = modules[at % real];
    if (module === undefined) break;
    const numbers = ["0", String(Math.floor(at / real)), String(at)];
    const version = { numbers, preRelease: [], metadata: null };
    modules.push({ ...module, id: `${module.product}-${numbers.join(".")}`, version });
  }
  return modules;
}

function assertPlanned(name: string, plan: PlanResult): void {
  if (!plan.ok) throw new Error(`${name}: ${plan.error.because}`);
}
