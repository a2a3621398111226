import { answer, hang, heldUntil, job, late } from "@octavo/testing/stand-in-modules/reply";
import type { Reply } from "@octavo/testing/stand-in-modules/reply";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { enabledIds } from "./fact.ts";
import { finishedJob } from "./finished-job.ts";
import { disable, enable, module, permissions, tenant11, tenant20 } from "./modules.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

// Octavo's own: bounds of calls and jobs, and what is left when one is reached. docs/operations/jobs.md

const modules: readonly Descriptor[] = [
  module("before-1.0.0", { provides: [tenant20] }),
  module("bad-1.0.0", { provides: [tenant20] }),
  module("bad-1.1.0", { provides: [tenant20] }),
  module("old-1.0.0", { provides: [tenant11] }),
  module("behind-1.0.0", { provides: [tenant20] }),
  module("gone-1.0.0", { provides: [tenant20] }),
  module("perms-1.0.0", { provides: [permissions("2.1")] }),
];

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(modules);
});
afterAll(() => platform.close());

interface ShownJob {
  readonly id: string;
  readonly state: string;
  readonly message: string;
}

/** The only job of a tenant, as Octavo shows it. */
async function onlyJob(tenant: string): Promise<ShownJob> {
  const list = await succeed(platform.api.get(`/_/proxy/tenants/${tenant}/install`), 200);
  // as: jobs, and a job
  const [first] = JSON.parse(list.text) as readonly { readonly id: string }[];
  const { text } = await succeed(platform.api.get(`/_/octavo/jobs/${first?.id}`), 200);
  return JSON.parse(text) as ShownJob;
}

/** An install of one module, which waits for it until it is released. */
async function heldInstall(moduleId: string) {
  const tenant = await platform.tenant();
  const { promise, resolve } = Promise.withResolvers<void>();
  platform.standIns.script({ tenant, moduleId }, heldUntil(promise, answer(201)));
  const installing = platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable(moduleId));
  await platform.standIns.arrival((call) => call.tenant === tenant);
  return { tenant, installing, release: (): void => resolve() };
}

const inits = (tenant: string, id: string) =>
  platform.callsFor(tenant).filter(({ moduleId, kind }) => moduleId === id && kind === "init").length;

describe.skipIf(process.env["OCTAVO_CONFORMANCE_TARGET"] === "okapi")(
  "a call that takes longer than callTimeout",
  () => {
    const all = enable("before-1.0.0", "bad-1.0.0", "behind-1.0.0");

    it.each<[string, Reply]>([
      ["never answered", hang],
      ["answered too late", late(4_000, 201)],
    ])(
      "%s: one call, a sentence that says how long was waited, and a human who says that it failed",
      async (_, init) => {
        const tenant = await platform.tenant();
        platform.standIns.script({ tenant, moduleId: "bad-1.0.0", kind: "init" }, init);
        const refused = await platform.api.post(`/_/proxy/tenants/${tenant}/install?callTimeout=1`, all);
        expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("1 s")]);
        const waiting = await onlyJob(tenant);
        expect([waiting.state, waiting.message]).toEqual([
          "waiting-for-human",
          expect.stringContaining("bad-1.0.0"),
        ]);
        await succeed(platform.api.post(`/_/octavo/jobs/${waiting.id}/fail`, ""), 200);
        const { modules: steps } = await finishedJob(
          platform.api,
          `/_/proxy/tenants/${tenant}/install/${waiting.id}`,
        );
        expect(steps.map(({ stage }) => stage)).toEqual(["done", "invoke", "pending"]);
        expect(await enabledIds(platform, tenant)).toEqual(["before-1.0.0"]);
        expect(inits(tenant, "bad-1.0.0")).toBe(1);
      },
    );

    it("a human says that it was carried out: the job goes on from there", async () => {
      const tenant = await platform.tenant();
      platform.standIns.script({ tenant, moduleId: "bad-1.0.0", kind: "init" }, hang);
      await platform.api.post(`/_/proxy/tenants/${tenant}/install?callTimeout=1`, all);
      const { id } = await onlyJob(tenant);
      await succeed(platform.api.post(`/_/octavo/jobs/${id}/resume`, ""), 200);
      await finishedJob(platform.api, `/_/proxy/tenants/${tenant}/install/${id}`);
      expect(await enabledIds(platform, tenant)).toEqual(["bad-1.0.0", "before-1.0.0", "behind-1.0.0"]);
      expect(inits(tenant, "bad-1.0.0")).toBe(1);
    });

    it("a human says that it can be done again: it is, once", async () => {
      const tenant = await platform.tenant();
      platform.standIns.script({ tenant, moduleId: "bad-1.0.0", kind: "init" }, hang, answer(201));
      await platform.api.post(`/_/proxy/tenants/${tenant}/install?callTimeout=1`, all);
      const { id } = await onlyJob(tenant);
      await succeed(platform.api.post(`/_/octavo/jobs/${id}/retry`, ""), 200);
      await finishedJob(platform.api, `/_/proxy/tenants/${tenant}/install/${id}`);
      expect(await enabledIds(platform, tenant)).toEqual(["bad-1.0.0", "before-1.0.0", "behind-1.0.0"]);
      expect(inits(tenant, "bad-1.0.0")).toBe(2);
    });

    it("a job of the module's own that never ends: bounded too, nothing sent twice", async () => {
      const tenant = await platform.tenant();
      platform.standIns.script({ tenant, moduleId: "bad-1.0.0", kind: "init" }, job({ polls: 1_000_000 }));
      const refused = await platform.api.post(`/_/proxy/tenants/${tenant}/install?callTimeout=1`, all);
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.text).toContain("bad-1.0.0");
      expect(await enabledIds(platform, tenant)).toEqual(["before-1.0.0"]);
      expect(inits(tenant, "bad-1.0.0")).toBe(1);
    });

    it("an announcement that is never answered", async () => {
      const tenant = await platform.tenant();
      await succeed(
        platform.api.post(`/_/proxy/tenants/${tenant}/install?invoke=false`, enable("perms-1.0.0")),
        200,
      );
      platform.standIns.script({ tenant, kind: "permissions" }, hang);
      const refused = await platform.api.post(`/_/proxy/tenants/${tenant}/install?callTimeout=1`, all);
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.text).toContain("perms-1.0.0");
      expect(await enabledIds(platform, tenant)).toEqual(["perms-1.0.0"]);
      expect(inits(tenant, "before-1.0.0")).toBe(0);
    });

    it("a disable that is never answered leaves the module enabled", async () => {
      const tenant = await platform.tenant();
      await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("old-1.0.0")), 200);
      platform.standIns.script({ tenant, kind: "disable" }, hang);
      const refused = await platform.api.post(
        `/_/proxy/tenants/${tenant}/install?callTimeout=1`,
        disable("old-1.0.0"),
      );
      expect(refused.status).toBe(400);
      expect(await enabledIds(platform, tenant)).toEqual(["old-1.0.0"]);
    });
  },
);

describe.skipIf(process.env["OCTAVO_CONFORMANCE_TARGET"] === "okapi")("a tenant that is busy", () => {
  it("is waited for where the caller says so", async () => {
    const { tenant, installing, release } = await heldInstall("bad-1.0.0");
    const at = `/_/proxy/tenants/${tenant}/install?waitFor=20`;
    const second = platform.api.post(at, enable("behind-1.0.0"));
    release();
    await succeed(installing, 200);
    await succeed(second, 200);
    expect(await enabledIds(platform, tenant)).toEqual(["bad-1.0.0", "behind-1.0.0"]);
  });

  it("is not deleted", async () => {
    const { tenant, installing, release } = await heldInstall("bad-1.1.0");
    const refused = await platform.api.delete(`/_/proxy/tenants/${tenant}`);
    release();
    await succeed(installing, 200);
    expect([refused.status, await enabledIds(platform, tenant)]).toEqual([409, ["bad-1.1.0"]]);
  });

  it("keeps the modules of his job known: data of theirs may be there already", async () => {
    const { tenant, installing, release } = await heldInstall("gone-1.0.0");
    const deleted = await platform.api.delete("/_/proxy/modules/gone-1.0.0");
    release();
    expect([deleted.status, deleted.text]).toEqual([
      409,
      expect.stringMatching(/^Module gone-1\.0\.0 is part of job \S+ of tenant \S+, which has not ended$/u),
    ]);
    await succeed(installing, 200);
    expect(await enabledIds(platform, tenant)).toEqual(["gone-1.0.0"]);
  });
});

describe.skipIf(process.env["OCTAVO_CONFORMANCE_TARGET"] === "okapi")("a job with onFailure=undo", () => {
  it("brings back the enabled set of before, upgrades among it", async () => {
    const tenant = await platform.tenant();
    await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("bad-1.0.0")), 200);
    platform.standIns.script({ tenant, moduleId: "behind-1.0.0" }, answer(500, "no"));
    const refused = await platform.api.post(
      `/_/proxy/tenants/${tenant}/install?onFailure=undo`,
      enable("bad-1.1.0", "before-1.0.0", "behind-1.0.0"),
    );
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining("POST request for behind-1.0.0 /_/tenant failed with 500: no"),
    ]);
    expect(await enabledIds(platform, tenant)).toEqual(["bad-1.0.0"]);
  });
});
