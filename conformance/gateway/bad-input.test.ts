import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badInputCases, bodyOf, complaintsAbout, expectationOf } from "./bad-input-case.ts";
import { ask, type Api } from "./http.ts";
import { openTarget, type Target } from "./target.ts";

let target: Target;
let before: readonly string[];

beforeAll(async () => {
  target = await openTarget();
  await prepare(target.api);
  before = await everythingStored(target.api);
});

afterAll(async () => {
  await cleanUp(target.api);
  await target.close();
});

for (const [topic, cases] of badInputCases()) {
  describe(`bad input: ${topic}`, () => {
    it.each(cases)("$name: $method $path", async (badInput) => {
      const expected = expectationOf(badInput, target.kind);
      if (expected === null) return;
      const body = bodyOf(badInput);
      const answer = await ask(target.api.baseUrl, {
        method: badInput.method,
        path: badInput.path,
        ...(body === undefined ? {} : { body }),
      });
      expect(complaintsAbout(answer, expected)).toEqual([]);
    });
  });
}

describe("after all bad input", () => {
  it("nothing was stored", async () => {
    expect(await everythingStored(target.api)).toEqual(before);
  });

  it("the process is up and takes a good call", async () => {
    const created = await target.api.post("/_/proxy/modules", { id: "conform-after-1.0.0" });
    expect(created.status).toBe(201);
    expect((await target.api.delete("/_/proxy/modules/conform-after-1.0.0")).status).toBe(204);
  });
});

const tenant = "conformlib";
const modules = [
  {
    id: "conform-base-1.0.0",
    name: "base",
    provides: [{ id: "conform-base", version: "1.0" }],
    requires: [],
  },
  {
    id: "conform-app-1.0.0",
    provides: [{ id: "conform-app", version: "1.0" }],
    requires: [{ id: "conform-base", version: "1.0" }],
  },
  { id: "conform-alone-1.0.0", provides: [], requires: [] },
  { id: "conform-floor-1.0.0", provides: [{ id: "conform-floor", version: "1.0" }], requires: [] },
  { id: "conform-wall-1.0.0", provides: [], requires: [{ id: "conform-floor", version: "1.0" }] },
];

/** What the cases speak of: some modules, a tenant with two of them enabled, an instance, a variable. */
async function prepare(api: Api): Promise<void> {
  const answers = [
    await api.post("/_/proxy/import/modules", modules),
    await api.post("/_/proxy/tenants", { id: tenant }),
    await api.post(`/_/proxy/tenants/${tenant}/modules`, { id: "conform-base-1.0.0" }),
    await api.post(`/_/proxy/tenants/${tenant}/modules`, { id: "conform-app-1.0.0" }),
    await api.post("/_/discovery/modules", {
      srvcId: "conform-base-1.0.0",
      instId: "conform-inst",
      url: "http://127.0.0.1:9",
    }),
    await api.post("/_/env", { name: "CONFORM_VAR", value: "x" }),
  ];
  const refused = answers.find(({ status }) => status >= 300);
  if (refused !== undefined)
    throw new Error(`the preparation was refused: ${refused.status} ${refused.text}`);
}

async function cleanUp(api: Api): Promise<void> {
  await api.delete(`/_/proxy/tenants/${tenant}/modules`);
  await api.delete(`/_/proxy/tenants/${tenant}`);
  await api.delete("/_/discovery/modules/conform-base-1.0.0");
  await api.delete("/_/env/CONFORM_VAR");
  for (const { id } of modules.toReversed()) await api.delete(`/_/proxy/modules/${id}`);
}

/** Everything that a client can see of what is kept. */
async function everythingStored(api: Api): Promise<readonly string[]> {
  const paths = [
    "/_/proxy/modules?full=true",
    "/_/proxy/tenants",
    `/_/proxy/tenants/${tenant}/modules`,
    `/_/proxy/tenants/${tenant}/install`,
    "/_/proxy/tenants/supertenant/modules",
    "/_/discovery/modules",
    "/_/env",
  ];
  const answers = [];
  for (const path of paths) answers.push((await api.get(path)).text);
  const status = await api.get("/_/octavo/instances");
  // as: the answer of that call; an Okapi has no such thing
  if (status.status === 200)
    answers.push(`revision ${(JSON.parse(status.text) as { revision: number }).revision}`);
  return answers;
}
