import { heldUntil, late } from "@octavo/testing/stand-in-modules/reply";
import { answer } from "@octavo/testing/stand-in-modules/reply";
import type { RecordedCall } from "@octavo/testing/stand-in-modules/start-stand-ins";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { disable, enable, entry, module, permissions, regular, tenant20 } from "./modules.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

// Who runs beside whom: InstallTest.parallelMigration and installParallelPermissions, TenantManager.isExclusive.

const needsBoth = [
  { id: "a", version: "1.0" },
  { id: "b", version: "1.0" },
];
const modules: readonly Descriptor[] = [
  module("mod-a-1.0.0", { provides: [tenant20, regular("a")] }),
  module("mod-b-1.0.0", { provides: [tenant20, regular("b")] }),
  module("mod-m-1.0.0", { provides: [tenant20], requires: needsBoth }),
  module("mod-p-1.0.0", { provides: [tenant20, permissions("1.0")] }),
  module("mod-f-1.0.0", {
    provides: [tenant20],
    filters: [entry("* /*", { phase: "auth", type: "headers" })],
  }),
  ...[1, 2, 3, 4, 5, 6].map((n) => module(`free${n}-1.0.0`, { provides: [tenant20] })),
];

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(modules);
});
afterAll(() => platform.close());

/** Installs, and says when each module's tenant call began and ended. */
async function run(tenant: string, options: string, steps: readonly unknown[]) {
  const since = platform.standIns.calls.length;
  await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install?${options}`, steps), 200);
  const calls = platform.callsFor(tenant, since).filter(({ kind }) => kind !== "permissions");
  return {
    order: calls.map(({ moduleId }) => moduleId),
    spans: new Map(calls.map((call) => [call.moduleId, call])),
    most: mostAtOnce(calls),
  };
}

const endOf = ({ ended }: RecordedCall): number => ended ?? Number.POSITIVE_INFINITY;

function mostAtOnce(calls: readonly RecordedCall[]): number {
  return Math.max(
    0,
    ...calls.map(({ began }) => calls.filter((other) => other.began <= began && began < endOf(other)).length),
  );
}

function isAfter(spans: ReadonlyMap<string, RecordedCall>, first: string, second: string): boolean {
  const [before, after] = [spans.get(first), spans.get(second)];
  return before !== undefined && after !== undefined && endOf(before) < after.began;
}

/** Modules a and b answer only when both were asked: they do run at once, or the test does not end. */
async function abTogether(tenant: string): Promise<void> {
  const arrived = Promise.all(
    ["mod-a-1.0.0", "mod-b-1.0.0"].map((id) =>
      platform.standIns.arrival((call) => call.tenant === tenant && call.moduleId === id),
    ),
  );
  for (const moduleId of ["mod-a-1.0.0", "mod-b-1.0.0"]) {
    platform.standIns.script(
      { tenant, moduleId, kind: "init" },
      heldUntil(arrived, answer(201)),
      answer(201),
    );
  }
}

describe("modules that are installed with parallel=5", () => {
  it("run at once where nobody needs the other, and after what they need", async () => {
    const tenant = await platform.tenant();
    await abTogether(tenant);
    const { spans } = await run(tenant, "parallel=5", enable("mod-a-1.0.0", "mod-b-1.0.0", "mod-m-1.0.0"));
    expect(isAfter(spans, "mod-a-1.0.0", "mod-m-1.0.0")).toBe(true);
    expect(isAfter(spans, "mod-b-1.0.0", "mod-m-1.0.0")).toBe(true);
  });

  it("are disabled before what they need", async () => {
    const tenant = await platform.tenant();
    const all = ["mod-a-1.0.0", "mod-b-1.0.0", "mod-m-1.0.0"];
    await run(tenant, "parallel=5", enable(...all));
    const { spans } = await run(tenant, "parallel=5", disable(...all));
    expect(isAfter(spans, "mod-m-1.0.0", "mod-a-1.0.0")).toBe(true);
    expect(isAfter(spans, "mod-m-1.0.0", "mod-b-1.0.0")).toBe(true);
  });

  it.each([
    ["a permission module", "mod-p-1.0.0"],
    ["an auth filter", "mod-f-1.0.0"],
  ])("wait for %s, which runs alone", async (_, alone) => {
    const tenant = await platform.tenant();
    await abTogether(tenant);
    const all = ["mod-a-1.0.0", "mod-b-1.0.0", alone, "mod-m-1.0.0"];
    const { spans } = await run(tenant, "parallel=5", enable(...all));
    const exclusive = spans.get(alone);
    for (const id of all.filter((each) => each !== alone)) {
      const other = spans.get(id);
      const apart = isAfter(spans, alone, id) || isAfter(spans, id, alone);
      expect([id, other !== undefined && exclusive !== undefined && apart]).toEqual([id, true]);
    }
  });

  it("are never more than asked for", async () => {
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, kind: "init" }, late(40, 201));
    const free = [1, 2, 3, 4, 5, 6].map((n) => `free${n}-1.0.0`);
    const { most, order } = await run(tenant, "parallel=3", enable(...free));
    expect(order.length).toBe(6);
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });
});

describe("modules that are installed without parallel", () => {
  it("run one after the other, in the order of the plan", async () => {
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, kind: "init" }, late(10, 201));
    const free = [3, 1, 2].map((n) => `free${n}-1.0.0`);
    const { most, order } = await run(tenant, "parallel=1", enable(...free));
    expect(most).toBe(1);
    expect(order).toEqual(free);
  });
});

// InstallTest.installParallelPermissions
it("a permission module is disabled alone too", async () => {
  const tenant = await platform.tenant();
  const all = ["mod-a-1.0.0", "mod-b-1.0.0", "mod-p-1.0.0", "mod-m-1.0.0"];
  await run(tenant, "parallel=5", enable(...all));
  const { spans } = await run(tenant, "parallel=5", disable(...all));
  for (const id of ["mod-a-1.0.0", "mod-b-1.0.0", "mod-m-1.0.0"]) {
    expect(isAfter(spans, "mod-p-1.0.0", id) || isAfter(spans, id, "mod-p-1.0.0")).toBe(true);
  }
});
