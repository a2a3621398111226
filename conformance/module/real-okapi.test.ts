import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "@octavo/testing/free-port";
import { Fleet } from "@octavo/module-testing";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, apiAt, ask } from "../gateway/http.ts";

/** Modules of the kit behind a real Okapi 7: OCTAVO_OKAPI_JAR names its okapi-core-fat.jar, OCTAVO_JAVA the Java that runs it. OCTAVO_OKAPI_MODULE is where a
 * further module listens, and the path of a list that is empty at first: `http://127.0.0.1:9230/desks`. */

const jar = process.env["OCTAVO_OKAPI_JAR"] ?? "";
const java = process.env["OCTAVO_JAVA"] ?? "java";
const further = process.env["OCTAVO_OKAPI_MODULE"] ?? "";
if (jar === "") process.stderr.write("SKIPPED: modules behind a real Okapi: OCTAVO_OKAPI_JAR names no jar\n");

let okapi: ChildProcess;
let okapiUrl = "";
let api: Api;
let folder = "";
let log = "";
let database: FreshDatabase;
const fleets: Fleet[] = [];

beforeAll(async () => {
  if (jar === "") return;
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), "octavo-okapi-"));
  const port = await freePort();
  okapiUrl = `http://localhost:${port}`;
  api = apiAt(okapiUrl);
  const settings = { port, okapiurl: okapiUrl, timer_wait_extra: 0 };
  const given = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  okapi = spawn(java, ["-Xmx400m", ...given, "-jar", jar, "dev"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [okapi.stdout, okapi.stderr])
    stream?.on("data", (piece: Buffer) => (log = (log + piece.toString()).slice(-16_384)));
  for (;;) {
    if (okapi.exitCode !== null) throw new Error(`Okapi ended:\n${log}`);
    const answer = await api.get("/_/proxy/health").catch(() => null);
    if (answer?.status === 200) break;
    await delay(100);
  }
}, 180_000);
afterAll(async () => {
  if (jar === "") return;
  for (const fleet of fleets) await fleet.close();
  if (okapi.exitCode === null) {
    const ended = once(okapi, "exit");
    okapi.kill();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

interface Behind {
  readonly moduleId: string;
  readonly at: (tenantId: string) => {
    readonly send: (
      method: string,
      path: string,
      body?: object,
    ) => Promise<{ status: number; json: never; location: string }>;
  };
}

interface Placed {
  readonly descriptor: { readonly id: string };
  readonly url: string;
}

/** Proclaimed and registered, as an operator does it. */
async function behindOkapi(file: URL, name: string): Promise<Behind> {
  const env = { OCTAVO_TRUST: "network" };
  const fleet = await Fleet.start({ file, instances: 1, databaseUrl: database.url, env });
  fleets.push(fleet);
  const module = fleet.instances[0]?.modules.find(({ descriptor }) => descriptor.id.startsWith(`${name}-`));
  if (module === undefined) throw new Error(`${file.href} exports no ${name}`);
  return await placed(module);
}

async function placed({ descriptor, url }: Placed): Promise<Behind> {
  const srvcId = descriptor.id;
  expect(await api.post("/_/proxy/modules", descriptor)).toMatchObject({ status: 201 });
  const instance = { srvcId, instId: randomUUID(), url };
  expect(await api.post("/_/discovery/modules", instance)).toMatchObject({ status: 201 });
  return {
    moduleId: srvcId,
    at: (tenantId) => ({
      send: async (method, path, body) => {
        const sent = body === undefined ? {} : { body: JSON.stringify(body) };
        const answer = await ask(okapiUrl, {
          method,
          path,
          ...sent,
          headers: { "X-Okapi-Tenant": tenantId },
        });
        const isJson = answer.contentType?.startsWith("application/json") === true && answer.text !== "";
        return {
          status: answer.status,
          json: (isJson ? JSON.parse(answer.text) : { text: answer.text }) as never, // compared, never read
          location: answer.location ?? "",
        };
      },
    }),
  };
}

async function newTenant(id: string): Promise<string> {
  expect(await api.post("/_/proxy/tenants", { id })).toMatchObject({ status: 201 });
  return id;
}

async function install(tenantId: string, moduleId: string, action: string, parameters = ""): Promise<void> {
  const path = `/_/proxy/tenants/${tenantId}/install${parameters}`;
  const { status, text } = await api.post(path, [{ id: moduleId, action }]);
  expect([status, text]).toEqual([200, expect.stringContaining(moduleId) as string]);
}

describe.skipIf(jar === "")("a module of the kit behind a real Okapi", () => {
  it("octavo-tags: enabled, used, disabled, enabled again, purged", { timeout: 120_000 }, async () => {
    const tags = await behindOkapi(new URL("our-modules.ts", import.meta.url), "octavo-tags");
    const [one, other] = [await newTenant("okapi1"), await newTenant("okapi2")];
    for (const tenantId of [one, other])
      await install(tenantId, tags.moduleId, "enable", "?tenantParameters=loadReference%3Dtrue");
    const { send } = tags.at(one);

    const created = await send("POST", "/tags", { label: "Étude", description: "read twice" });
    expect(created).toMatchObject({ status: 201, json: { label: expect.any(String) as string } });
    const { id } = created.json as { id: string };
    expect(await send("GET", `/tags/${id}`)).toMatchObject({ status: 200, json: { id, label: "Étude" } });
    const query = `/tags?query=${encodeURIComponent('description=="read*" sortby label')}`;
    expect(await send("GET", query)).toMatchObject({ status: 200, json: { totalRecords: 1 } });
    const changed = { ...(created.json as object), description: "read thrice" };
    expect(await send("PUT", `/tags/${id}`, changed)).toMatchObject({ status: 204 });
    expect(await send("POST", "/tags", { label: "Étude" })).toMatchObject({ status: 422 });
    expect(await send("GET", "/tags?query=label%3D")).toMatchObject({ status: 400 });
    expect(await send("GET", `/tags/${randomUUID()}`)).toMatchObject({ status: 404 });
    expect(await tags.at(other).send("GET", `/tags/${id}`)).toMatchObject({ status: 404 });

    await install(one, tags.moduleId, "disable");
    expect(await send("GET", "/tags")).toMatchObject({ status: 404 });
    await install(one, tags.moduleId, "enable");
    expect(await send("GET", `/tags/${id}`)).toMatchObject({
      status: 200,
      json: { description: "read thrice" },
    });
    expect(await send("DELETE", `/tags/${id}`)).toMatchObject({ status: 204 });

    const kept = await send("POST", "/tags", { label: "kept" });
    await install(one, tags.moduleId, "disable", "?purge=true");
    await install(one, tags.moduleId, "enable");
    const { id: gone } = kept.json as { id: string };
    expect(await send("GET", `/tags/${gone}`)).toMatchObject({ status: 404 });
    expect(await tags.at(other).send("GET", query)).toMatchObject({ status: 200, json: { totalRecords: 0 } });
  });

  it("rules and transactions of a module hold too", { timeout: 120_000 }, async () => {
    const rooms = await behindOkapi(new URL("our-modules.ts", import.meta.url), "octavo-reading-rooms");
    const tenantId = await newTenant("okapi3");
    await install(tenantId, rooms.moduleId, "enable");
    const { send } = rooms.at(tenantId);
    const room = await send("POST", "/reading-rooms", { name: "North", seats: 3 });
    const { id } = room.json as { id: string };
    const taken = Array.from({ length: 8 }, () => send("POST", `/reading-rooms/${id}/seats`));
    const statuses = (await Promise.all(taken)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(3);
    for (let again = 0; again < 3; again++) await send("POST", `/reading-rooms/${id}/seats`);
    expect(await send("POST", `/reading-rooms/${id}/seats`)).toMatchObject({ status: 409 });
    expect(await send("GET", `/reading-rooms/${id}`)).toMatchObject({ json: { seats: 3, taken: 3 } });
  });
});

describe.skipIf(jar === "" || further === "")("a module of somebody else's behind a real Okapi", () => {
  it("is enabled, answers and is purged", { timeout: 120_000 }, async () => {
    const { origin, pathname: path } = new URL(further);
    const { text } = await ask(origin, { method: "GET", path: "/admin/descriptor" });
    const desk = await placed({ descriptor: JSON.parse(text) as Placed["descriptor"], url: origin });
    const tenantId = await newTenant("okapi4");
    await install(tenantId, desk.moduleId, "enable");
    expect(await desk.at(tenantId).send("GET", path)).toMatchObject({
      status: 200,
      json: { totalRecords: 0 },
    });
    await install(tenantId, desk.moduleId, "disable", "?purge=true");
    expect(await desk.at(tenantId).send("GET", path)).toMatchObject({ status: 404 });
  });
});
