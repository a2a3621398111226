import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type Api, type Answer } from "./http.ts";
import { openTarget, type Target } from "./target.ts";

// What Octavo has beyond Okapi; nothing of this is asked of an Okapi.

let target: Target;
let api: Api;

beforeAll(async () => {
  target = await openTarget();
  api = target.api;
});
afterAll(() => target.close());

const json = (answer: Answer) => JSON.parse(answer.text);

describe.skipIf(process.env["OCTAVO_CONFORMANCE_TARGET"] === "okapi")("Octavo's additions", () => {
  describe("an idempotency key", () => {
    const post = (path: string, body: unknown, key: string) =>
      ask(api.baseUrl, {
        method: "POST",
        path,
        body: JSON.stringify(body),
        headers: { "Idempotency-Key": key },
      });

    it("gets a repeated call the first answer, Location and all", async () => {
      const first = await post("/_/proxy/tenants", { name: "once" }, "key-1");
      expect(first.status).toBe(201);
      expect(await post("/_/proxy/tenants", { name: "once" }, "key-1")).toEqual(first);
      expect(json(await api.get("/_/proxy/tenants")).length).toBe(2);
    });

    it("is refused for another call", async () => {
      const other = await post("/_/proxy/tenants", { name: "twice" }, "key-1");
      expect(other).toMatchObject({ status: 409, text: expect.stringContaining("key-1") });
    });

    it("starts an install once", async () => {
      await api.post("/_/proxy/tenants", { id: "keyed" });
      await api.post("/_/proxy/modules", { id: "plain-module-1.0.0", requires: [] });
      const install = "/_/proxy/tenants/keyed/install";
      const first = await post(`${install}?async=true`, [{ id: "plain-module-1.0.0" }], "key-2");
      expect(first.status).toBe(201);
      expect(await post(`${install}?async=true`, [{ id: "plain-module-1.0.0" }], "key-2")).toEqual(first);
      expect(json(await api.get(install)).length).toBe(1);
    });

    it("never brings a token back", async () => {
      const operator = { name: "Ada", roles: ["viewer"] };
      const first = await post("/_/octavo/operators", operator, "key-3");
      expect(json(first).token).toMatch(/^oct_op_[0-9a-z]+_/u);
      const second = await post("/_/octavo/operators", operator, "key-3");
      expect(second.status).toBe(409);
      expect(second.text).not.toContain(json(first).token);
    });
  });

  describe("operators", () => {
    it("are shown without token or hash", async () => {
      const created = await api.post("/_/octavo/operators", { name: "Grace", roles: ["deployer", "viewer"] });
      expect(created).toMatchObject({ status: 201, location: `/_/octavo/operators/${json(created).id}` });
      const { token, ...shown } = json(created);
      expect(token.length).toBeGreaterThan(40);
      expect(json(await api.get(created.location ?? ""))).toEqual(shown);
      expect((await api.get("/_/octavo/operators")).text).not.toContain("oken");
      expect((await api.delete(created.location ?? "")).status).toBe(204);
      expect((await api.get(created.location ?? "")).status).toBe(404);
    });

    it.each([
      [{ name: "x", roles: [] }, "roles"],
      [{ name: "x", roles: ["king"] }, "king"],
      [{ name: " ", roles: ["admin"] }, "name"],
      [{ roles: ["admin"] }, "name"],
    ])("are refused: %j", async (body, why) => {
      expect(await api.post("/_/octavo/operators", body)).toMatchObject({
        status: 400,
        text: expect.stringContaining(why),
      });
    });
  });

  describe("a plan", () => {
    const plan = "/_/octavo/tenants/keyed/plan";
    beforeAll(async () => {
      const login = {
        id: "conform-login-1.0.0",
        provides: [
          {
            id: "conform-login",
            version: "1.0",
            handlers: [
              { methods: ["POST"], pathPattern: "/authn/login", permissionsRequired: [] },
              { methods: ["GET"], pathPattern: "/conform-login/open", permissionsRequired: [] },
              { methods: ["GET"], pathPattern: "/conform-login/closed", permissionsRequired: [] },
            ],
          },
        ],
        requires: [{ id: "authtoken", version: "2.0" }],
        metadata: { octavo: { public: ["GET /conform-login/open"] } },
      };
      const desk = { id: "conform-desk-1.0.0", requires: [{ id: "conform-login", version: "1.0" }] };
      await api.post("/_/proxy/import/modules", [login, desk]);
    });

    it("gives a reason for each step, for programs and for people", async () => {
      const made = await api.post(plan, { kind: "install", modules: [{ id: "conform-desk" }] });
      expect(made.status).toBe(200);
      expect(json(made).steps).toEqual([
        {
          action: "enable",
          id: "conform-login-1.0.0",
          reason: { kind: "required", by: "conform-desk-1.0.0", interface: "conform-login", version: "1.0" },
          explanation: "required by conform-desk-1.0.0 for interface conform-login 1.0",
        },
        {
          action: "enable",
          id: "conform-desk-1.0.0",
          reason: { kind: "asked-for" },
          explanation: "asked for",
        },
      ]);
    });

    it("shows the routes that it would open to everybody", async () => {
      const made = await api.post(plan, { kind: "install", modules: [{ id: "conform-desk" }] });
      expect(json(made).publicRoutes).toEqual([
        { method: "POST", path: "/authn/login", moduleId: "conform-login-1.0.0" },
        { method: "GET", path: "/conform-login/open", moduleId: "conform-login-1.0.0" },
      ]);
    });

    it("counts what the gateway itself provides", async () => {
      const made = json(await api.post(plan, { kind: "install", modules: [{ id: "conform-login-1.0.0" }] }));
      expect(made.steps.length).toBe(1);
    });

    it("says in one more line why there is none", async () => {
      const refused = await api.post(plan, { kind: "install", modules: [{ id: "conform-nowhere" }] });
      expect(refused.status).toBe(400);
      expect(refused.text.split("\n")[0]).toBe("Module conform-nowhere not found");
      expect(refused.text.split("\n").length).toBe(2);
    });

    it("of an upgrade lists what changes", async () => {
      await api.post("/_/proxy/modules", { id: "plain-module-1.1.0", requires: [] });
      expect(json(await api.post(plan, { kind: "upgrade" })).steps).toMatchObject([
        { id: "plain-module-1.1.0", from: "plain-module-1.0.0", reason: { kind: "newest-known" } },
      ]);
    });
  });

  describe("the audit log", () => {
    it("has a line for each write, newest first, in pages", async () => {
      await api.post("/_/proxy/tenants", { id: "audited" });
      const newest = json(await api.get("/_/octavo/audit?limit=1"));
      expect(newest.entries).toMatchObject([
        { actor: "open-mode", action: "tenants.create", target: "audited", outcome: "changed" },
      ]);
      const next = json(await api.get(`/_/octavo/audit?limit=1&before=${newest.before}`));
      expect(next.entries[0].id).toBeLessThan(newest.entries[0].id);
    });

    it("is read by actor and by operation", async () => {
      const deletes = json(await api.get("/_/octavo/audit?action=operators.delete"));
      expect(deletes.entries.map(({ action }: { readonly action: string }) => action)).toEqual([
        "operators.delete",
      ]);
      expect(json(await api.get("/_/octavo/audit?actor=operator:nobody")).entries).toEqual([]);
    });

    it.each(["limit=0", "limit=1001", "limit=x", "before=x", "before=-1"])("refuses ?%s", async (query) => {
      expect((await api.get(`/_/octavo/audit?${query}`)).status).toBe(400);
    });
  });

  it("the description of the API is served", async () => {
    const document = json(await api.get("/_/octavo/openapi.json"));
    expect(document.openapi).toMatch(/^3\.1\./u);
    expect(Object.keys(document.paths)).toContain("/_/proxy/import/modules");
  });

  it("the gateways are listed with the revision they serve", async () => {
    const status = json(await api.get("/_/octavo/instances"));
    expect(status.revision).toBeGreaterThan(0);
    expect(status.instances.length).toBeGreaterThan(0);
  });
});
