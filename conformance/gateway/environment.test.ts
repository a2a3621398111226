import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./http.ts";
import { okapiText } from "./okapi-text.ts";
import { openTarget, type Target } from "./target.ts";

// The facts of Okapi's EnvTest that need no launched module.

let target: Target;
let api: Api;

beforeAll(async () => {
  target = await openTarget();
  api = target.api;
});
afterAll(() => target.close());

const entry = { name: "name1", value: "value1" };

describe("environment variables", () => {
  it("are none at first", async () => {
    expect(await api.get("/_/env")).toMatchObject({ status: 200, text: "[ ]" });
  });

  it("are set, with a relative Location, and come back as sent", async () => {
    expect(await api.post("/_/env", entry)).toMatchObject({
      status: 201,
      text: okapiText(entry),
      location: "/_/env/name1",
    });
    expect(await api.get("/_/env/name1")).toMatchObject({ status: 200, text: okapiText(entry) });
  });

  it("are listed by name", async () => {
    const described = { name: "another", value: "", description: "an empty one" };
    expect((await api.post("/_/env", described)).status).toBe(201);
    expect((await api.get("/_/env")).text).toBe(okapiText([described, entry]));
    expect((await api.delete("/_/env/another")).status).toBe(204);
  });

  it("keep whether a module needs them", async () => {
    const needed = { name: "needed", value: "v", required: true };
    const optional = { name: "optional", value: "v", description: "has a default", required: false };
    expect((await api.post("/_/env", needed)).text).toBe(okapiText(needed));
    expect((await api.post("/_/env", optional)).text).toBe(okapiText(optional));
    expect((await api.get("/_/env/needed")).text).toBe(okapiText(needed));
    expect((await api.get("/_/env")).text).toBe(okapiText([entry, needed, optional]));
    for (const { name } of [needed, optional]) expect((await api.delete(`/_/env/${name}`)).status).toBe(204);
  });

  it("are replaced when they are set again", async () => {
    if (target.kind === "okapi") return; // there it depends on the storage
    const changed = { name: "name1", value: "value2" };
    expect((await api.post("/_/env", changed)).status).toBe(201);
    expect((await api.get("/_/env/name1")).text).toBe(okapiText(changed));
  });

  it("are removed once", async () => {
    expect(await api.delete("/_/env/name1")).toMatchObject({ status: 204, text: "" });
    expect(await api.get("/_/env/name1")).toMatchObject({ status: 404, text: "name1" });
    expect((await api.delete("/_/env/name1")).status).toBe(404);
    expect((await api.get("/_/env")).text).toBe("[ ]");
  });
});
