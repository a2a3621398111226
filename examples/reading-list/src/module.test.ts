import type { Server } from "node:http";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createModule } from "./module.ts";

let server: Server;
let url = "";

beforeAll(async () => {
  server = createModule();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "object" && address !== null) url = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function call(method: string, path: string, body?: string, tenant: string | null = "north") {
  const response = await fetch(url + path, {
    method,
    headers: tenant === null ? {} : { "X-Okapi-Tenant": tenant },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

const poetry = JSON.stringify({ name: "Poetry", titles: ["Leaves of Grass"] });

describe("the example module", () => {
  it("keeps, shows, changes and removes a tenant's reading lists", async () => {
    const made = await call("POST", "/reading-lists", poetry);
    expect(made.status).toBe(201);
    const at = made.location ?? "";
    const list = JSON.parse((await call("GET", at)).text) as { id: string }; // as: what the module has just answered
    expect(list).toMatchObject({ name: "Poetry", titles: ["Leaves of Grass"] });
    const all = JSON.parse((await call("GET", "/reading-lists")).text) as unknown;
    expect(all).toEqual({ readingLists: [list], totalRecords: 1 });

    expect((await call("PUT", at, JSON.stringify({ name: "More poetry" }))).status).toBe(204);
    expect((await call("GET", at)).text).toContain('"More poetry"');
    expect((await call("DELETE", at)).status).toBe(204);
    expect((await call("GET", at)).status).toBe(404);
  });

  it("shows no tenant what another has", async () => {
    const made = await call("POST", "/reading-lists", poetry, "south");
    expect((await call("GET", made.location ?? "", undefined, "north")).status).toBe(404);
    expect((await call("GET", "/reading-lists", undefined, "north")).text).not.toContain("Poetry");
  });

  it("forgets what a tenant had when he leaves with purge, and not otherwise", async () => {
    await call("POST", "/reading-lists", poetry, "east");
    const left = (purge: boolean) =>
      call("POST", "/_/tenant", JSON.stringify({ module_from: "example-reading-list-1.0.0", purge }), "east");
    expect((await left(false)).status).toBe(204);
    expect((await call("GET", "/reading-lists", undefined, "east")).text).toContain("Poetry");
    expect((await left(true)).status).toBe(204);
    expect((await call("GET", "/reading-lists", undefined, "east")).text).not.toContain("Poetry");
  });

  it.each([
    ["what is not JSON", "{", "The body is not JSON"],
    ["no object", "[]", "The body is not a JSON object"],
    ["no name", "{}", "name must be a text of 1 to 200 characters"],
    ["titles that are none", '{"name":"x","titles":[1]}', "titles must be a list of at most 500 texts"],
    ["too much", `{"name":"${"x".repeat(2_000_000)}"}`, "The body is larger than 1048576 bytes"],
  ])("refuses %s with a sentence", async (_what, body, sentence) => {
    expect(await call("POST", "/reading-lists", body)).toMatchObject({ status: 422, text: sentence });
  });

  it("answers nobody who names no tenant, and nothing on other paths", async () => {
    expect((await call("GET", "/reading-lists", undefined, null)).status).toBe(400);
    expect((await call("GET", "/reading-lists/a/b")).status).toBe(404);
    expect((await call("GET", "/other")).status).toBe(404);
  });

  it("knows nothing of Octavo", () => {
    for (const name of ["module", "reading-lists", "main"]) {
      const text = readFileSync(new URL(`./${name}.ts`, import.meta.url), "utf8");
      expect(text).not.toContain("@octavo/");
    }
  });
});
