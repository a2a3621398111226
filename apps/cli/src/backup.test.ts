import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
let token = "";
let taken: Awaited<ReturnType<typeof capturedRun>>;

/** Who a gateway on this data folder or database knows, asked with the token of the platform that was backed up. */
async function tenantsOf(env: Record<string, string>): Promise<unknown> {
  const octavo = await spawnOctavo(["gateway"], { OCTAVO_DRAIN_DELAY_MS: "0", ...env });
  await octavo.healthy();
  const answered = await fetch(`${octavo.url}/_/proxy/tenants`, { headers: { "X-Okapi-Token": token } });
  const tenants = answered.status === 200 ? ((await answered.json()) as { id: string }[]) : []; // as: the API's list
  await octavo.stop();
  return [answered.status, tenants.map(({ id }) => id)];
}

beforeAll(async () => {
  const octavo = await spawnOctavo(["gateway"], { OCTAVO_DATA_DIR: at("one"), OCTAVO_DRAIN_DELAY_MS: "0" });
  await octavo.healthy();
  token = readFileSync(at("one/operator-token"), "utf8").trim();
  await fetch(`${octavo.url}/_/proxy/tenants`, {
    method: "POST",
    headers: { "X-Okapi-Token": token },
    body: '{"id":"north"}',
  });
  // While it runs.
  taken = await capturedRun(["backup", at("backup")], { OCTAVO_DATA_DIR: at("one") });
  await octavo.stop();
}, 120_000);
afterAll(() => folder.remove());

describe("octavo restore", () => {
  it(
    "makes of a backup the same platform in a new data folder, with its key",
    { timeout: 120_000 },
    async () => {
      const restored = await capturedRun(["restore", at("backup")], { OCTAVO_DATA_DIR: at("two") });
      expect(restored).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Restored: revision") });
      expect(readFileSync(at("two/key"), "utf8")).toBe(readFileSync(at("one/key"), "utf8"));
      expect(statSync(at("two/key")).mode & 0o777).toBe(0o600);
      expect(await tenantsOf({ OCTAVO_DATA_DIR: at("two") })).toEqual([200, ["north", "supertenant"]]);
      const again = await capturedRun(["restore", at("backup")], { OCTAVO_DATA_DIR: at("two") });
      expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--replace") });
    },
  );

  it(
    "moves a platform to a database of one's own, whose key it wants to be kept",
    { timeout: 120_000 },
    async () => {
      const database = await freshDatabase();
      const env = { DATABASE_URL: database.url };
      const nobody = await capturedRun(["restore", at("backup")], env);
      expect(nobody).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--key-file") });
      const other = await capturedRun(["restore", at("backup")], { ...env, OCTAVO_KEY: "00".repeat(32) });
      expect(other).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("not the key of the backup"),
      });
      const kept = await capturedRun(["restore", at("backup"), "--key-file", at("kept")], env);
      expect(kept).toMatchObject({ exitCode: 0 });
      const gateway = { ...env, OCTAVO_KEY_FILE: at("kept"), OCTAVO_OPERATOR_TOKEN: "x".repeat(40) };
      expect(await tenantsOf({ ...gateway, OCTAVO_DATA_DIR: at("three") })).toEqual([
        200,
        ["north", "supertenant"],
      ]);
      await database.drop();
    },
  );

  it("only looks with --dry-run", async () => {
    const looked = await capturedRun(["restore", at("backup"), "--dry-run"], {
      OCTAVO_DATA_DIR: at("never"),
    });
    expect(looked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("is whole: revision") });
    writeFileSync(at("half"), readFileSync(at("backup")).subarray(0, 2000));
    const half = await capturedRun(["restore", at("half"), "--dry-run"], {});
    expect(half).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("damaged") });
  });
});

describe("octavo backup", () => {
  it("takes one while a gateway runs, and says what the file is worth", () => {
    expect(taken).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/rows of \d+ tables, and the key\.\n$/u),
      stderr: expect.stringContaining("--passphrase-file encrypts it"),
    });
  });

  it("says where there is nothing to back up", async () => {
    const none = await capturedRun(["backup", at("none")], { OCTAVO_DATA_DIR: at("nowhere") });
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("check OCTAVO_DATA_DIR") });
    const keyless = await capturedRun(["backup", at("none")], { DATABASE_URL: "postgres://a@127.0.0.1:1/b" });
    expect(keyless).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--without-key") });
    const away = await capturedRun(["backup", at("none"), "--without-key"], {
      DATABASE_URL: "postgres://a@127.0.0.1:1/b",
    });
    expect(away.exitCode).toBe(3);
  });

  it("encrypts by the first line of a file", { timeout: 60_000 }, async () => {
    writeFileSync(at("secret"), "open sesame\nignored\n");
    const env = { OCTAVO_DATA_DIR: at("one") };
    const sealed = await capturedRun(["backup", at("sealed"), "--passphrase-file", at("secret")], env);
    expect(sealed.exitCode).toBe(0);
    expect((await capturedRun(["restore", at("sealed"), "--dry-run"], env)).exitCode).toBe(2);
    const opened = await capturedRun(
      ["restore", at("sealed"), "--dry-run", "--passphrase-file", at("secret")],
      env,
    );
    expect(opened.exitCode).toBe(0);
  });
});
