import { randomBytes } from "node:crypto";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok } from "@octavo/result";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change } from "../change.ts";
import { intentOf, openOn, put, tenantPut } from "../testing/open-on.ts";
import { internalModule, sampleModule } from "../testing/sample-modules.ts";
import { backUp } from "./back-up.ts";
import { inspectBackup, restoreBackup } from "./restore.ts";

let from: FreshDatabase;
let to: FreshDatabase;
let folder: string;
const key = randomBytes(32);

beforeEach(async () => {
  [from, to, folder] = await Promise.all([
    freshDatabase(),
    freshDatabase(),
    mkdtemp(join(tmpdir(), "octavo-backup-")),
  ]);
});
afterEach(async () => {
  await Promise.all([from.drop(), to.drop(), rm(folder, { recursive: true, force: true })]);
});

const open = async (url: string) => (await openOn(url)).registry;

const envPut = (name: string, value: string): Change => ({
  kind: "env.put",
  entry: { name, value, description: null, required: null },
});

const strange = 'a "quoted"\\ back\tslash, a line\nfeed, null, {curly}, Ünïcödé 🦉, \u2028';

/** A state with something in every table, and texts that are easily lost. */
async function fill(url: string): Promise<void> {
  const registry = await open(url);
  const tenant = { id: "north", name: strange, description: null };
  const changes: Change[] = [
    { kind: "module.added", module: sampleModule("mod-a-1.0.0") },
    { kind: "tenant.put", tenant },
    { kind: "tenant.modules", tenantId: "north", enable: ["mod-a-1.0.0"], disable: [] },
    envPut("DB_PASSWORD", strange),
    {
      kind: "operator.put",
      operator: {
        id: "one",
        name: "One",
        roles: ["admin", 'od"d', "{}"],
        tokenHash: "aa",
        createdAt: "2026-01-01",
      },
    },
  ];
  const intent = intentOf("fill", { key: "k", fingerprint: "f" });
  const written = await registry.write<never>(intent, () => ok({ changes, answer: strange }));
  expect(written.ok).toBe(true);
  await registry.close();
  await query(
    url,
    `insert into octavo.signing_key (kid, x, published_at, revision) values ('k1', 'x', 1.5e12, 1);
     insert into octavo.signing_secret values ('k1', 'wrapped');
     insert into octavo.session (family_id, tenant_id, user_id, generation, rotated_at, created_at)
       values ('f1', 'north', 'ann', 3, 0.1, 1e300);
     insert into octavo.lease values ('jobs', gen_random_uuid(), 7, clock_timestamp() + interval '1 hour');
     insert into octavo.job (id, tenant_id, kind, plan, state) values ('j1', 'north', 'install', '{"b":1,"a":2}', 'done');
     insert into octavo.step (job_id, number, state) values ('j1', 0, 'done')`,
  );
}

/** Every row of every table, as text. */
async function contentOf(
  url: string,
  without: readonly string[] = [],
): Promise<Record<string, readonly string[]>> {
  const tables = (await query(
    url,
    "select table_name as name from information_schema.tables where table_schema = 'octavo' order by 1",
  )) as { name: string }[]; // as: the column of this query
  const content: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    if (["instance", "migration", ...without].includes(name)) continue;
    const rows = (await query(url, `select t::text as row from octavo.${name} t order by 1`)) as {
      row: string;
    }[];
    content[name] = rows.map(({ row }) => row);
  }
  return content;
}

const taken = (path: string, passphrase: string | null = null) =>
  backUp({ connectionString: from.url, path, passphrase, key });
const restored = (path: string, options: object = {}) =>
  restoreBackup({
    connectionString: to.url,
    path,
    passphrase: null,
    replaces: false,
    keepsSignIns: true,
    internalModule,
    alsoCheck: () => null,
    ...options,
  });

describe("a backup", () => {
  it("restored elsewhere is the same state, row for row, and another history", async () => {
    await fill(from.url);
    const path = join(folder, "backup");
    const done = await taken(path);
    expect(done).toMatchObject({
      ok: true,
      value: { revision: 1, hasKey: true, rows: { tenant: 2, module: 1 } },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await restored(path)).toMatchObject({ ok: true, value: { revision: 1, key } });
    const changed = ["lease", "revision"];
    expect(await contentOf(to.url, changed)).toEqual(await contentOf(from.url, changed));
    const rowOf = async (url: string) =>
      await query(url, "select counter, hash, history from octavo.revision");
    const [[before], [after]] = [await rowOf(from.url), await rowOf(to.url)];
    expect(after).toMatchObject({ counter: "1" });
    expect(after).not.toEqual(before);
    // An epoch never begins again; that the lease is held ends.
    expect(await query(to.url, "select epoch, expires_at = '-infinity' as ended from octavo.lease")).toEqual([
      { epoch: "7", ended: true },
    ]);
    const registry = await open(to.url);
    expect(registry.snapshot.tenants.get("north")?.name).toBe(strange);
    const next = await put(registry, [envPut("A", "1")]);
    expect(next).toMatchObject({ ok: true, value: { revision: 2 } });
    await registry.close();
  });

  it("is of one moment, while writers go on", async () => {
    await fill(from.url);
    const registry = await open(from.url);
    const end = new AbortController();
    const writing = (async () => {
      for (let n = 0; !end.signal.aborted; n += 1) {
        await put(registry, [tenantPut(`t${n}`)]);
      }
    })();
    await registry.reached(5, 10_000);
    const path = join(folder, "backup");
    const done = await taken(path);
    end.abort();
    await writing;
    await registry.close();
    expect(done.ok && done.value.revision).toBeGreaterThanOrEqual(5);
    expect((await restored(path)).ok).toBe(true); // its own check: rows, chain, snapshot
  });

  it("ends every sign-in of before, where it is not said otherwise", async () => {
    await fill(from.url);
    const path = join(folder, "backup");
    await taken(path);
    expect((await restored(path, { keepsSignIns: false })).ok).toBe(true);
    expect(await query(to.url, "select from octavo.session")).toEqual([]);
    const epochs = await query(to.url, "select tenant_id, epoch from octavo.auth_epoch order by 1");
    expect(epochs).toEqual([
      { tenant_id: "north", epoch: "1000000" },
      { tenant_id: "supertenant", epoch: "1000000" },
    ]);
  });

  it("with a passphrase shows nothing without it", async () => {
    await fill(from.url);
    const path = join(folder, "backup");
    await taken(path, "correct horse");
    expect(readFileSync(path).toString("latin1")).toContain('"cipher":"aes-256-gcm"');
    expect(await restored(path)).toMatchObject({ ok: false, error: { kind: "passphrase" } });
    expect(await restored(path, { passphrase: "battery staple" })).toMatchObject({
      ok: false,
      error: { kind: "passphrase" },
    });
    expect((await restored(path, { passphrase: "correct horse" })).ok).toBe(true);
  });
});

describe("a restore", () => {
  it.each([
    ["cut off", (path: string) => truncateSync(path, statSync(path).size - 30)],
    ["changed in one byte", (path: string) => flipByte(path, 0.6)],
    ["none at all", (path: string) => writeFileSync(path, "hello\n")],
    ["empty", (path: string) => writeFileSync(path, "")],
  ])("of a file that is %s changes nothing and says so", async (_what, harm) => {
    await fill(from.url);
    for (const passphrase of [null, "secret"]) {
      const path = join(folder, `backup-${passphrase}`);
      await taken(path, passphrase);
      harm(path);
      expect(await restored(path, { passphrase })).toMatchObject({
        ok: false,
        error: { kind: expect.stringMatching(/damaged|passphrase/u) },
      });
      expect(await inspectBackup(path, passphrase)).toMatchObject({ ok: false });
      expect(await query(to.url, "select to_regclass('octavo.revision') as found")).toEqual([
        { found: null },
      ]);
    }
  });

  it("of a file that is not there says so", async () => {
    expect(await restored(join(folder, "nothing"))).toMatchObject({ ok: false, error: { kind: "file" } });
  });

  it("takes no database that holds a state, unless it may be lost and no gateway runs on it", async () => {
    await fill(from.url);
    const path = join(folder, "backup");
    await taken(path);
    await fill(to.url);
    const before = await contentOf(to.url);
    expect(await restored(path)).toMatchObject({ ok: false, error: { kind: "refused" } });
    const registry = await open(to.url);
    expect(await restored(path, { replaces: true })).toMatchObject({
      ok: false,
      error: { kind: "refused", message: expect.stringContaining("http://127.0.0.1:9130") },
    });
    expect(await contentOf(to.url)).toEqual(before);
    await registry.close();
    expect((await restored(path, { replaces: true })).ok).toBe(true);
  });

  it("is undone where the last look finds something wrong", async () => {
    await fill(from.url);
    const path = join(folder, "backup");
    await taken(path);
    const seen: unknown[] = [];
    const refused = await restored(path, {
      alsoCheck: (...given: unknown[]) => {
        seen.push(given);
        return "the key is another one";
      },
    });
    expect(refused).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("the key is another one") },
    });
    expect(seen).toEqual([[[{ kid: "k1", wrapped: "wrapped" }], key]]);
    expect(await query(to.url, "select to_regclass('octavo.revision') as found")).toEqual([{ found: null }]);
  });
});

describe("a database without a state", () => {
  it("has nothing to back up", async () => {
    expect(await taken(join(folder, "backup"))).toMatchObject({ ok: false, error: { kind: "refused" } });
  });
});

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  const index = Math.floor(bytes.length * at);
  bytes[index] = (bytes[index] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}
