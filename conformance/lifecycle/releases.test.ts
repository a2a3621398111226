import { job } from "@octavo/testing/stand-in-modules/reply";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { type FolioRelease, readDescriptors, readInstallList } from "@octavo/testing/folio-data";
import type { RecordedCall } from "@octavo/testing/stand-in-modules/start-stand-ins";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { asCalled, type Called, enabledIds } from "./fact.ts";
import { jobCalls, type JobOptions, type Step } from "./job-calls.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";
import type { SystemCall } from "./tenant-calls.ts";

// Whole releases of FOLIO, every module played by a stand-in, compared call by call with what Okapi would send.

/** Of one test: some hundred calls each, on a machine that others use too. */
const hangMs = 120_000;

describeWithFolio("a tenant with a real release", () => {
  let platform: Platform;
  let known: ReadonlyMap<string, Descriptor>;

  beforeAll(async () => {
    const all = [...descriptorsOf("poppy"), ...descriptorsOf("release-a")];
    known = new Map(all.map((each) => [each.id, each]));
    platform = await openPlatform([...known.values()]);
  });
  afterAll(() => platform.close());

  /** Runs the operation and compares all calls with the model's, in order. */
  async function installed(
    tenant: string,
    before: readonly string[],
    query: string,
    body: unknown,
    options: JobOptions,
  ) {
    const since = platform.standIns.calls.length;
    const answer = await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/${query}`, body), 200);
    const steps = JSON.parse(answer.text) as readonly Step[]; // as: the plan that was carried out
    const enabled = new Set(before);
    const wanted = jobCalls(known, enabled, steps, options);
    expectCalls(tenant, since, wanted);
    expect(await enabledIds(platform, tenant)).toEqual([...enabled].sort());
    return { steps, enabled: [...enabled].sort() };
  }

  function expectCalls(tenant: string, since: number, wanted: readonly SystemCall[]): void {
    const calls = platform.callsFor(tenant, since).map(asCalled);
    const expected = wanted.map(({ moduleId, method, path, body }): Called => [
      moduleId,
      `${method} ${path}`,
      body,
    ]);
    // First who is called in which order: a difference there is better read without the bodies.
    const heads = (list: readonly Called[]) => list.map(([id, request]) => `${id} ${request}`);
    expect(heads(calls)).toEqual(heads(expected));
    expect(calls).toEqual(expected);
  }

  it(
    "release A: 141 modules, called and announced as by Okapi",
    async () => {
      const tenant = await platform.tenant();
      const text = "loadReference=true,loadSample=true";
      const query = `install?tenantParameters=${encodeURIComponent(text)}`;
      const { steps, enabled } = await installed(tenant, [], query, readInstallList("release-a"), {
        tenantParameters: text,
      });
      expect(steps.length).toBe(141);
      expect(enabled).toEqual(
        readInstallList("release-a")
          .map(({ id }) => id)
          .sort(),
      );
    },
    hangMs,
  );

  it(
    "Poppy, then release A: every module is told where it comes from",
    async () => {
      const tenant = await platform.tenant();
      const poppy = await installed(tenant, [], "install", readInstallList("poppy"), {});
      const since = platform.standIns.calls.length;
      const upgraded = await installed(tenant, poppy.enabled, "install", readInstallList("release-a"), {});
      const moved = upgraded.steps.filter(({ from }) => from !== undefined);
      expect(moved.length).toBeGreaterThan(100);
      const from = new Map(moved.map((step) => [step.id, step.from]));
      const inits = platform.callsFor(tenant, since).filter(({ kind }) => kind === "init");
      for (const { moduleId, body } of inits) {
        const { module_to, module_from } = JSON.parse(body);
        expect([module_to, module_from]).toEqual([moduleId, from.get(moduleId)]);
      }
      expect(inits.filter(({ moduleId }) => from.has(moduleId)).length).toBeGreaterThan(40);

      // And away again: with everything they have.
      const gone = upgraded.enabled.map((id) => ({ id, action: "disable" }));
      await installed(tenant, upgraded.enabled, "install?purge=true", gone, { purge: true });
      expect(await enabledIds(platform, tenant)).toEqual([]);
    },
    hangMs,
  );

  it(
    "release A with jobs of the modules' own: each is seen through and deleted",
    async () => {
      const tenant = await platform.tenant();
      const withJobs = [...known.values()].filter(isAsynchronous).map(({ id }) => id);
      for (const moduleId of withJobs) platform.standIns.script({ tenant, moduleId, kind: "init" }, job());
      const list = readInstallList("release-a");
      const { enabled } = await installed(tenant, [], "install?parallel=1", list, {});
      const kinds = platform.standIns.calls.filter((call) => call.tenant === tenant).map(({ kind }) => kind);
      const begun = withJobs.filter((id) => enabled.includes(id)).length;
      expect(begun).toBeGreaterThan(40);
      expect(kinds.filter((kind) => kind === "poll").length).toBe(begun);
      expect(kinds.filter((kind) => kind === "forget").length).toBe(begun);
      expect(platform.standIns.openJobs).toBe(0);
    },
    hangMs,
  );

  it(
    "release A again over itself: every module is told that it comes from itself",
    async () => {
      const tenant = await platform.tenant();
      const list = readInstallList("release-a");
      await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install?invoke=false`, list), 200);
      const ids = list.map(({ id }) => id);
      const { steps } = await installed(tenant, ids, "install?reinstall=true", list, { reinstall: true });
      expect(steps.filter(({ id, from }) => id !== from)).toEqual([]);
    },
    hangMs,
  );

  it(
    "release A with ten at a time: the same calls, none before what it needs is there",
    async () => {
      const tenant = await platform.tenant();
      const list = readInstallList("release-a");
      const since = platform.standIns.calls.length;
      const answer = await succeed(
        platform.api.post(`/_/proxy/tenants/${tenant}/install?parallel=10`, list),
        200,
      );
      const steps = JSON.parse(answer.text) as readonly Step[]; // as: the plan that was carried out
      const calls = platform.callsFor(tenant, since);
      const own = calls.filter(({ kind }) => kind === "init");
      const wanted = jobCalls(known, new Set(), steps).filter(({ path }) => path === "/_/tenant");
      const sorted = (some: readonly Called[]) => some.map((call) => JSON.stringify(call)).sort();
      expect(sorted(own.map(asCalled))).toEqual(sorted(wanted.map(called)));
      expect(tooEarly(own, known)).toEqual([]);
      expect(await enabledIds(platform, tenant)).toEqual(list.map(({ id }) => id).sort());
    },
    hangMs,
  );

  it(
    "all of release A disabled at once, without purge",
    async () => {
      const tenant = await platform.tenant();
      const list = readInstallList("release-a");
      const silent = await platform.api.post(`/_/proxy/tenants/${tenant}/install?invoke=false`, list);
      const plan = JSON.parse(silent.text) as readonly Step[]; // as: the plan that was carried out
      const since = platform.standIns.calls.length;
      await succeed(platform.api.delete(`/_/proxy/tenants/${tenant}/modules`), 204);
      // The order is the gateway's own (a module never loses its provider first): who is called with what is not.
      const wanted = jobCalls(
        known,
        new Set(plan.map(({ id }) => id)),
        plan.map(({ id }) => ({ id, action: "disable" })),
      );
      const ownCalls = (list_: readonly (readonly [string, string, unknown])[]) =>
        list_
          .filter(([, request]) => !request.endsWith("/_/tenantpermissions"))
          .map((call) => JSON.stringify(call))
          .sort();
      const calls = platform.callsFor(tenant, since).map(asCalled);
      expect(ownCalls(calls)).toEqual(
        ownCalls(wanted.map(({ moduleId, method, path, body }) => [moduleId, `${method} ${path}`, body])),
      );
      expect(await enabledIds(platform, tenant)).toEqual([]);
    },
    hangMs,
  );
});

function descriptorsOf(release: FolioRelease): readonly Descriptor[] {
  // as: published descriptors; the model looks at what it needs
  return readDescriptors(release).map(({ text }) => JSON.parse(text) as Descriptor);
}

function called({ moduleId, method, path, body }: SystemCall): Called {
  return [moduleId, `${method} ${path}`, body];
}

/** Calls that began before the call to a provider of what the module requires had ended. */
function tooEarly(calls: readonly RecordedCall[], known: ReadonlyMap<string, Descriptor>): readonly string[] {
  const provided = (call: RecordedCall) =>
    new Set((known.get(call.moduleId)?.provides ?? []).map(({ id }) => id));
  return calls.flatMap((call) => {
    const needed = (known.get(call.moduleId)?.requires ?? []).map(({ id }) => id);
    const late = calls.filter(
      (other) =>
        other !== call &&
        needed.some((id) => provided(other).has(id)) &&
        (other.ended ?? Number.POSITIVE_INFINITY) > call.began,
    );
    return late.map((other) => `${call.moduleId} before ${other.moduleId}`);
  });
}

function isAsynchronous({ provides }: Descriptor): boolean {
  const tenant = (provides ?? []).find(({ id }) => id === "_tenant");
  return tenant?.version === "2.0" && (tenant.handlers ?? []).length > 1;
}
