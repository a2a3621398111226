import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./http.ts";
import { okapiText } from "./okapi-text.ts";
import { openTarget, type Target } from "./target.ts";

// The facts of Okapi's TenantRATest.

let target: Target;
let api: Api;

beforeAll(async () => {
  target = await openTarget();
  api = target.api;
});
afterAll(() => target.close());

const superTenant = { id: "supertenant", name: "supertenant", description: "Okapi built-in super tenant" };
const roskilde = { id: "roskilde", name: "roskilde", description: "Roskilde bibliotek" };

describe("tenants", () => {
  it("are at first the supertenant alone", async () => {
    const answer = await api.get("/_/proxy/tenants");
    expect(answer).toMatchObject({ status: 200, text: okapiText([superTenant]) });
    expect(answer.contentType).toMatch(/^application\/json/u);
  });

  it("are created, with a relative Location, and come back as sent", async () => {
    const created = await api.post("/_/proxy/tenants", roskilde);
    expect(created).toMatchObject({
      status: 201,
      text: okapiText(roskilde),
      location: "/_/proxy/tenants/roskilde",
    });
    expect(await api.get("/_/proxy/tenants/roskilde")).toMatchObject({
      status: 200,
      text: okapiText(roskilde),
    });
  });

  it("are listed by id", async () => {
    expect((await api.get("/_/proxy/tenants")).text).toBe(okapiText([roskilde, superTenant]));
  });

  it("have no module that nobody enabled", async () => {
    expect(await api.get("/_/proxy/tenants/roskilde/modules")).toMatchObject({ status: 200, text: "[ ]" });
    expect(await api.get("/_/proxy/tenants/roskilde/modules/foo")).toMatchObject({
      status: 404,
      text: "foo",
    });
  });

  it("change name and description, not id", async () => {
    const better = {
      id: "roskilde",
      name: "Roskildes Real Name",
      description: "Roskilde bibliotek, better described",
    };
    expect(await api.put("/_/proxy/tenants/roskilde", better)).toMatchObject({
      status: 200,
      text: okapiText(better),
    });
    expect(await api.put("/_/proxy/tenants/roskilde", { id: "bar" })).toMatchObject({
      status: 400,
      text: "The tenant id must not be changed, old='roskilde', new='bar'",
    });
  });

  it("are deleted once", async () => {
    expect(await api.delete("/_/proxy/tenants/roskilde")).toMatchObject({
      status: 204,
      text: "",
      contentType: target.kind === "okapi" ? "application/json" : null,
    });
    expect((await api.delete("/_/proxy/tenants/roskilde")).status).toBe(404);
    expect((await api.get("/_/proxy/tenants")).text).toBe(okapiText([superTenant]));
  });

  it("come into being by PUT too", async () => {
    expect((await api.put("/_/proxy/tenants/roskilde", roskilde)).status).toBe(200);
    expect((await api.get("/_/proxy/tenants/roskilde")).text).toBe(okapiText(roskilde));
    expect((await api.delete("/_/proxy/tenants/roskilde")).status).toBe(204);
  });

  it("may be of an older kind of id when put", async () => {
    const bee = { id: "lib_bee", name: "Bee the honey maker" };
    expect((await api.put("/_/proxy/tenants/lib_bee", bee)).status).toBe(200);
    expect((await api.delete("/_/proxy/tenants/lib_bee")).status).toBe(204);
  });

  it("get an id when they come without", async () => {
    const created = await api.post("/_/proxy/tenants", {
      name: "Ringsted",
      description: "Ringsted description",
    });
    expect(created.status).toBe(201);
    expect(created.location).toMatch(/^\/_\/proxy\/tenants\/t[0-9a-f]{30}$/u);
    expect((await api.delete(created.location ?? "")).status).toBe(204);
  });

  it("need neither name nor description", async () => {
    const ringsted = { id: "ringsted" };
    expect((await api.post("/_/proxy/tenants", ringsted)).status).toBe(201);
    expect((await api.get("/_/proxy/tenants/ringsted")).text).toBe(okapiText(ringsted));
    const named = { id: "ringsted", name: "Ringsted" };
    expect(await api.put("/_/proxy/tenants/ringsted", named)).toMatchObject({
      status: 200,
      text: okapiText(named),
    });
    expect((await api.delete("/_/proxy/tenants/ringsted")).status).toBe(204);
  });

  it("keep what is enabled when they are renamed", async () => {
    await api.post("/_/proxy/modules", { id: "conform-kept-1.0.0", requires: [] });
    await api.post("/_/proxy/tenants", { id: "ringsted" });
    expect((await api.post("/_/proxy/tenants/ringsted/modules", { id: "conform-kept-1.0.0" })).status).toBe(
      201,
    );
    expect((await api.put("/_/proxy/tenants/ringsted", { id: "ringsted", name: "Ringsted" })).status).toBe(
      200,
    );
    expect((await api.get("/_/proxy/tenants/ringsted/modules")).text).toBe(
      okapiText([{ id: "conform-kept-1.0.0" }]),
    );
  });

  it("are gone with what was enabled, so that a module can go after them", async () => {
    expect((await api.delete("/_/proxy/tenants/ringsted")).status).toBe(204);
    expect((await api.delete("/_/proxy/modules/conform-kept-1.0.0")).status).toBe(204);
  });

  it("may rename the supertenant", async () => {
    const real = {
      id: "supertenant",
      name: "The Real Super Tenant",
      description: "With a better description",
    };
    expect((await api.put("/_/proxy/tenants/supertenant", real)).status).toBe(200);
    expect((await api.get("/_/proxy/tenants")).text).toBe(okapiText([real]));
    expect((await api.put("/_/proxy/tenants/supertenant", superTenant)).status).toBe(200);
  });
});
