import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";

const guide = join(import.meta.dirname, "..", "..", "..", "docs", "guide");
const file = join(guide, "reading-rooms.ts");
const admin = "a-token-of-the-environment-long-enough";
const login = `octavo_guide_${randomBytes(6).toString("hex")}`;
const folder = temporaryFolder();
let platformDatabase: FreshDatabase;
let database: FreshDatabase;
let gateway: SpawnedOctavo;
let module: SpawnedOctavo;

const headers = { "x-okapi-tenant": "north", "x-okapi-token": admin, "content-type": "application/json" };

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    json: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : text,
  };
}

beforeAll(async () => {
  [platformDatabase, database] = await Promise.all([freshDatabase(), freshDatabase()]);
  gateway = await spawnOctavo(["gateway"], {
    DATABASE_URL: platformDatabase.url,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_DATA_DIR: join(folder.path, "data"),
    OCTAVO_KEY: randomBytes(32).toString("hex"),
    OCTAVO_OPERATOR_TOKEN: admin,
    OCTAVO_DRAIN_DELAY_MS: "0",
  });
  await gateway.healthy();
  const url = new URL(database.url);
  url.username = login;
  url.password = "secret";
  const of = { OCTAVO_URL: gateway.url, OCTAVO_OPERATOR_TOKEN: admin };
  module = await spawnOctavo(["module", "run", file, "--register"], {
    ...of,
    OCTAVO_DB_URL: url.href,
    OCTAVO_DB_ADMIN_URL: database.url,
  });
  while (!module.output.stdout.includes("listens on")) {
    const ended = await Promise.race([
      module.exited,
      new Promise((resolve) => setTimeout(resolve, 20, null)),
    ]);
    if (ended !== null) throw new Error(module.output.stderr);
  }
  await capturedRun("tenant create north", of);
  const installed = await capturedRun("install north octavo-reading-rooms-1.0.0 --yes", of);
  if (installed.exitCode !== 0) throw new Error(installed.stderr + installed.stdout + module.output.stderr);
}, 120_000);
afterAll(async () => {
  await module.stop();
  await gateway.stop();
  await Promise.all([platformDatabase.drop(), database.drop()]);
  await query(database.url.replace(/\/[^/]*$/u, "/postgres"), `DROP ROLE IF EXISTS ${login}`);
  folder.remove();
});

describe("the module of the guide", () => {
  it("has about 60 lines, which are those of the guide's page", () => {
    const text = readFileSync(file, "utf8");
    expect(text.split("\n").length).toBeLessThanOrEqual(65);
    expect(readFileSync(join(guide, "README.md"), "utf8")).toContain(text);
  });

  it("keeps rooms, and says of a wrong one which field it is", async () => {
    const created = await call("POST", "/reading-rooms", { name: "Old library", seats: 2 });
    expect(created).toMatchObject({ status: 201, json: { name: "Old library", _version: 1 } });
    expect(await call("POST", "/reading-rooms", { name: "Cellar", seats: 0 })).toMatchObject({
      status: 422,
      json: { errors: [{ parameters: [{ key: "seats", value: "0" }] }] },
    });
    expect(await call("POST", "/reading-rooms", { name: "old LIBRARY", seats: 1 })).toMatchObject({
      status: 422,
    });
    expect(await call("GET", "/reading-rooms?query=name==old*")).toMatchObject({
      status: 200,
      json: { totalRecords: 1, rooms: [{ name: "Old library" }] },
    });
  });

  it("gives each seat once, to whoever asks at the same time", async () => {
    const room = await call("POST", "/reading-rooms", { name: "Attic", seats: 3 });
    const { id } = room.json as { id: string };
    const take = () => call("POST", `/reading-rooms/${id}/seats`);
    const answers = await Promise.all(Array.from({ length: 8 }, take));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    const after = await call("GET", `/reading-rooms/${id}`);
    expect(after.json).toMatchObject({ taken: statuses.filter((status) => status === 201).length });
    expect(module.output.stderr).toContain("seat taken");
  });

  it("is not there for a tenant that has not enabled it", async () => {
    const of = { OCTAVO_URL: gateway.url, OCTAVO_OPERATOR_TOKEN: admin };
    await capturedRun("tenant create south", of);
    const other = await fetch(`${gateway.url}/reading-rooms`, {
      headers: { ...headers, "x-okapi-tenant": "south" },
    });
    expect(other.status).toBe(404);
  });
});
