import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./http.ts";
import { okapiText } from "./okapi-text.ts";
import { openTarget, type Target } from "./target.ts";

// Facts of Okapi's ModuleTest.testInternalModule, as far as they need no restart.

let target: Target;
let api: Api;

beforeAll(async () => {
  target = await openTarget();
  api = target.api;
  await api.post("/_/proxy/tenants", { id: "testlib" });
});
afterAll(() => target.close());

const tenant = "/_/proxy/tenants/testlib";
const foo = { methods: ["POST"], pathPattern: "/foo", unit: "second", delay: "20" };
const bar = { methods: ["POST"], pathPattern: "/bar", unit: "second", delay: "60" };
const timed = (version: string, handlers: readonly unknown[]) => ({
  id: `sample-module-${version}`,
  requires: [],
  provides: [{ id: "_timer", version: "1.0", interfaceType: "system", handlers }],
});

describe("the gateway's own module", () => {
  it("is enabled for the supertenant from the start", async () => {
    const version = (await api.get("/_/version")).text;
    expect((await api.get(`/_/proxy/tenants/supertenant/modules/okapi-${version}`)).status).toBe(200);
  });

  it("can be enabled for another tenant, by product", async () => {
    expect((await api.post(`${tenant}/modules`, { id: "okapi" })).status).toBe(201);
    const version = (await api.get("/_/version")).text;
    expect((await api.get(`${tenant}/modules/okapi-${version}`)).status).toBe(200);
  });

  it("cannot be deleted", async () => {
    const version = (await api.get("/_/version")).text;
    expect(await api.delete(`/_/proxy/modules/okapi-${version}`)).toMatchObject({
      status: 400,
      text: `delete: module okapi-${version} is used by tenant supertenant`,
    });
  });

  it("stays with the supertenant", async () => {
    if (target.kind === "okapi") return; // which locks itself out
    const version = (await api.get("/_/version")).text;
    const own = `/_/proxy/tenants/supertenant/modules/okapi-${version}`;
    expect((await api.delete(own)).status).toBe(400);
    expect((await api.delete("/_/proxy/tenants/supertenant/modules")).status).toBe(204);
    expect((await api.get(own)).status).toBe(200);
  });
});

describe("timers of a tenant", () => {
  it("are none at first, nor for a tenant that nobody knows", async () => {
    expect(await api.get(`${tenant}/timers`)).toMatchObject({ status: 200, text: "[ ]" });
    expect(await api.get("/_/proxy/tenants/nobody/timers")).toMatchObject({ status: 200, text: "[ ]" });
  });

  it("are those of its modules, numbered", async () => {
    await api.post("/_/proxy/modules", timed("1.0.0", [foo, bar]));
    expect((await api.post(`${tenant}/modules`, { id: "sample-module" })).status).toBe(201);
    const first = { id: "sample-module_0", routingEntry: foo, modified: false };
    const second = { id: "sample-module_1", routingEntry: bar, modified: false };
    expect((await api.get(`${tenant}/timers`)).text).toBe(okapiText([first, second]));
    expect(await api.get(`${tenant}/timers/sample-module_1`)).toMatchObject({
      status: 200,
      text: okapiText(second),
    });
    expect((await api.get(`${tenant}/timers/sample-module_2`)).status).toBe(404);
  });

  it("follow the module to its next version", async () => {
    await api.post("/_/proxy/modules", timed("1.0.1", [foo]));
    const replaced = await api.post(`${tenant}/modules/sample-module-1.0.0`, { id: "sample-module-1.0.1" });
    expect(replaced.status).toBe(201);
    expect((await api.get(`${tenant}/timers`)).text).toBe(
      okapiText([{ id: "sample-module_0", routingEntry: foo, modified: false }]),
    );
  });
});
