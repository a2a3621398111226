import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { readDescriptors, readInstallList, type FolioRelease } from "@octavo/testing/folio-data";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answer, Api } from "./http.ts";
import { openTarget, type Target } from "./target.ts";

interface Step {
  readonly id: string;
  readonly action: string;
  readonly from?: string;
}

const stepsOf = (answer: Answer): readonly Step[] => {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  // as: what install answers; each claim below looks at what it needs
  return JSON.parse(answer.text) as readonly Step[];
};
const ids = (steps: readonly { readonly id: string }[]): readonly string[] =>
  steps.map(({ id }) => id).toSorted();
const descriptorsOf = (release: FolioRelease): string =>
  `[${readDescriptors(release)
    .map(({ text }) => text)
    .join(",")}]`;

describeWithFolio("real releases of FOLIO", () => {
  let target: Target;
  let api: Api;
  const tenant = "/_/proxy/tenants/diku";

  beforeAll(async () => {
    target = await openTarget();
    api = target.api;
    await api.post("/_/proxy/tenants", { id: "diku" });
  });
  afterAll(() => target.close());

  it("Poppy is imported in one call", async () => {
    const imported = await api.post("/_/proxy/import/modules", descriptorsOf("poppy"));
    expect(imported).toMatchObject({ status: 204, text: "" });
  });

  it("Poppy is planned in just the published set, and enabled without calling a module", async () => {
    const published = readInstallList("poppy");
    const planned = await api.post(`${tenant}/install?simulate=true`, published);
    expect(ids(stepsOf(planned))).toEqual(ids(published));
    expect((await api.post(`${tenant}/install?invoke=false`, published)).text).toBe(planned.text);
    expect(ids(stepsOf(await api.get(`${tenant}/modules`)))).toEqual(ids(published));
  });

  it("release A is imported in one call, 141 descriptors, and again", async () => {
    expect((await api.post("/_/proxy/import/modules", descriptorsOf("release-a"))).status).toBe(204);
    expect((await api.post("/_/proxy/import/modules", descriptorsOf("release-a"))).status).toBe(204);
  });

  it("release A comes back as it was published", async () => {
    for (const { text } of readDescriptors("release-a")) {
      const sent: { readonly id: string } = JSON.parse(text, target.kind === "okapi" ? asTyped : undefined);
      expect(JSON.parse((await api.get(`/_/proxy/modules/${sent.id}`)).text)).toEqual(sent);
    }
  });

  it("release A is planned for an empty tenant in just the published set", async () => {
    await api.post("/_/proxy/tenants", { id: "empty" });
    const published = readInstallList("release-a");
    const planned = await api.post("/_/proxy/tenants/empty/install?simulate=true", published);
    expect(ids(stepsOf(planned))).toEqual(ids(published));
    expect((await api.get("/_/proxy/tenants/empty/modules")).text).toBe("[ ]");
  });

  it("Poppy is upgraded to release A", async () => {
    const published = readInstallList("release-a");
    const planned = await api.post(`${tenant}/install?simulate=true`, published);
    const steps = stepsOf(planned);
    const from = steps.flatMap((step) => (step.from === undefined ? [] : [step.from]));
    expect(from.length).toBeGreaterThan(100);
    expect((await api.post(`${tenant}/install?invoke=false`, published)).text).toBe(planned.text);
    const enabled = ids(stepsOf(await api.get(`${tenant}/modules`)));
    expect(enabled).toEqual(expect.arrayContaining([...ids(published)]));
    expect(from.filter((id) => enabled.includes(id) && !ids(published).includes(id))).toEqual([]);
  });

  it("release A is up to date then", async () => {
    const published = readInstallList("release-a");
    const actions = new Set(
      stepsOf(await api.post(`${tenant}/install?simulate=true`, published)).map(({ action }) => action),
    );
    expect([...actions]).toEqual(["uptodate"]);
  });

  it("a plan whose modules do not run ends at the first that is to be called", async () => {
    const refused = await api.post(
      "/_/proxy/tenants/empty/install?ignoreErrors=false",
      readInstallList("release-a"),
    );
    expect(refused.status).toBe(400);
    const named = /^No running instances for module (\S+)\. Can not invoke \/_\/tenant/u.exec(refused.text);
    expect(named).not.toBe(null);
    // Those before it, which nobody has to call, stay.
    expect(ids(stepsOf(await api.get("/_/proxy/tenants/empty/modules")))).not.toContain(named?.[1]);
  });
});

/** Okapi makes a boolean of a text, or a text of a boolean, where its beans have one (docs/compatibility.md). */
function asTyped(key: string, value: unknown): unknown {
  if (key === "visible" && typeof value === "string") return value === "true";
  const isEnvValue = key === "value" && (typeof value === "boolean" || typeof value === "number");
  return isEnvValue ? String(value) : value;
}
