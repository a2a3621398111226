import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { internalModuleDescriptor } from "@octavo/management-api";
import { openRegistry, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findCaller } from "./find-caller.ts";
import { ensureFirstOperator } from "./first-operator.ts";

let database: FreshDatabase;
let opened: Registry[] = [];
let folder = "";
let tokenFile = "";

beforeEach(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), "octavo-first-"));
  tokenFile = join(folder, "operator-token");
});
afterEach(async () => {
  for (const registry of opened) await registry.close();
  opened = [];
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<Registry> {
  const json = parseJson(internalModuleDescriptor());
  const internalModule = json.ok ? parseModuleDescriptor(json.value) : json;
  if (!internalModule.ok) throw new Error("the internal module does not parse");
  const registry = await openRegistry({
    connectionString: database.url,
    instance: { id: randomUUID(), name: null, url: "http://127.0.0.1:9130", version: "0.1.0" },
    internalModule: internalModule.value,
    log: () => undefined,
  });
  if (!registry.ok) throw new Error(registry.error.message);
  opened.push(registry.value);
  return registry.value;
}

const inFile = () => ({ environmentToken: null, tokenFile });
const shownOnce = { environmentToken: null, tokenFile: null };
const callerWith = (registry: Registry, token: string) =>
  findCaller({ token, authorization: null }, registry.snapshot.operators, "closed");
const administrator = (operatorId: string) => ok({ kind: "operator", operatorId, roles: ["admin"] });

describe("the first operator of an embedded platform", () => {
  it("has a token in a file that only this user reads", async () => {
    const registry = await open();
    expect(await ensureFirstOperator(registry, inFile())).toEqual(ok({ kind: "in-file", path: tokenFile }));
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
    expect(callerWith(registry, readFileSync(tokenFile, "utf8").trim())).toEqual(administrator("first"));
  });

  it("stays the same at the next start", async () => {
    await ensureFirstOperator(await open(), inFile());
    const before = readFileSync(tokenFile, "utf8");
    const next = await open();
    expect(await ensureFirstOperator(next, inFile())).toEqual(ok({ kind: "in-file", path: tokenFile }));
    expect(readFileSync(tokenFile, "utf8")).toBe(before);
    expect(next.snapshot.revision).toBe(1);
  });

  it("gets the token of the file where a start ended between file and database", async () => {
    await ensureFirstOperator(await open(), inFile());
    const token = readFileSync(tokenFile, "utf8");
    await database.drop();
    database = await freshDatabase();
    const registry = await open();
    await ensureFirstOperator(registry, inFile());
    expect(readFileSync(tokenFile, "utf8")).toBe(token);
    expect(callerWith(registry, token.trim())).toEqual(administrator("first"));
  });

  it("is not made anew where the file is lost: whoever deletes it must not become an administrator", async () => {
    await ensureFirstOperator(await open(), inFile());
    unlinkSync(tokenFile);
    const registry = await open();
    expect(await ensureFirstOperator(registry, inFile())).toEqual(ok({ kind: "exists" }));
    expect(existsSync(tokenFile)).toBe(false);
    expect(registry.snapshot.operators.size).toBe(1);
  });

  it("does not point to a file whose token is no longer valid", async () => {
    await ensureFirstOperator(await open(), inFile());
    writeFileSync(tokenFile, "oct_op_first_something-else\n");
    expect(await ensureFirstOperator(await open(), inFile())).toEqual(ok({ kind: "exists" }));
  });
});

describe("the first operator on a database of one's own", () => {
  it("is made by one of several instances that start at once, and that one shows the token", async () => {
    const registries = [await open(), await open(), await open()];
    const outcomes = await Promise.all(registries.map((each) => ensureFirstOperator(each, shownOnce)));
    const shown = outcomes.flatMap((each) =>
      each.ok && each.value.kind === "shown-once" ? [each.value.token] : [],
    );
    expect(shown).toHaveLength(1);
    const fresh = await open();
    expect(fresh.snapshot.operators.size).toBe(1);
    expect(callerWith(fresh, shown.join(""))).toEqual(administrator("first"));
    expect(await ensureFirstOperator(fresh, shownOnce)).toEqual(ok({ kind: "exists" }));
  });

  it("is the one of the environment, which nobody need be told", async () => {
    const registry = await open();
    const token = "a".repeat(32);
    const options = { environmentToken: token, tokenFile: null };
    expect(await ensureFirstOperator(registry, options)).toEqual(ok({ kind: "from-environment" }));
    expect(callerWith(registry, token)).toEqual(administrator("env"));
    await ensureFirstOperator(registry, options);
    expect(registry.snapshot.revision).toBe(1);
  });

  it("loses the old token when the environment has a new one", async () => {
    await ensureFirstOperator(await open(), { environmentToken: "a".repeat(32), tokenFile: null });
    const registry = await open();
    await ensureFirstOperator(registry, { environmentToken: "b".repeat(32), tokenFile: null });
    expect(callerWith(registry, "a".repeat(32))).toMatchObject(ok({ kind: "invalid-credential" }));
    expect(callerWith(registry, "b".repeat(32))).toEqual(administrator("env"));
  });
});

it("no token is in the database, only its hash", async () => {
  const registry = await open();
  await ensureFirstOperator(registry, inFile());
  const token = readFileSync(tokenFile, "utf8").trim();
  const kept = await registry.read(async (client) => {
    const tables = await client.query<{ dump: string }>(
      "select (select string_agg(o::text, '') from octavo.operator o) || (select string_agg(c::text, '') from octavo.change c) as dump",
    );
    return tables.rows.map(({ dump }) => dump).join("");
  });
  expect(kept.ok && kept.value).toContain("first");
  expect(kept.ok && kept.value.includes(token.slice(-20))).toBe(false);
});
