import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ApplyGuard, openRegistry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { expect, it, onTestFinished } from "vitest";
import { internalModule } from "./internal-module.ts";

/** A fault in what is made of a state: one tenant ends the process, at once and without a word. */
const fault = `const set = Map.prototype.set;
  Map.prototype.set = function (key, value) {
    if (key === "poison") process.kill(process.pid, "SIGKILL");
    return set.call(this, key, value);
  };`;

it("a revision that has ended a gateway twice is not applied a third time: it serves the one before, and says why", async () => {
  const database = await freshDatabase();
  const folder = temporaryFolder();
  const env = {
    DATABASE_URL: database.url,
    OCTAVO_DATA_DIR: folder.path,
    OCTAVO_MANAGEMENT_AUTH: "open",
    OCTAVO_KEY: Buffer.alloc(32, 1).toString("base64"),
    OCTAVO_DRAIN_DELAY_MS: "0",
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
  };
  const start = async () => {
    const gateway = await spawnOctavo(["gateway"], env);
    onTestFinished(async () => void (await gateway.kill9()));
    return gateway;
  };
  onTestFinished(async () => {
    await database.drop();
    folder.remove();
  });
  const first = await start();
  await first.healthy();
  const revision = (await post(first.url, { id: "kept" })).headers.get("X-Octavo-Revision") ?? "";
  const isKept = new RegExp(`^octavo_snapshot_file_revision ${revision}$`, "mu");
  await eventually(async () => isKept.test(await (await fetch(`${first.url}/_/metrics`)).text()));
  await writePoison(database.url);
  expect(await first.exited).toMatchObject({ signal: "SIGKILL" });
  const second = await start();
  expect(await second.exited).toMatchObject({ signal: "SIGKILL" });

  const third = await start();
  await third.healthy();
  await eventually(async () => (await fetch(`${third.url}/_/health/ready`)).status === 503);
  const ready = await fetch(`${third.url}/_/health/ready`);
  expect(await ready.json()).toMatchObject({
    ready: false,
    because: expect.stringContaining("is not tried again"),
  });
  expect(third.output.stderr).toContain("a revision has ended this program while it was applied");
  expect((await fetch(`${third.url}/_/proxy/tenants/kept`)).status).toBe(200);
  expect((await post(third.url, { id: "more" })).status).toBe(503);
});

it("one death is an accident, another version tries again, and what was applied leaves no mark", () => {
  const folder = temporaryFolder();
  new ApplyGuard(folder.path, "1").begin(7);
  expect(new ApplyGuard(folder.path, "1").quarantined()).toBe(null);
  new ApplyGuard(folder.path, "1").begin(7);
  expect(new ApplyGuard(folder.path, "1").quarantined()).toMatchObject({ revision: 7 });
  expect(new ApplyGuard(folder.path, "2").quarantined()).toBe(null);
  const guard = new ApplyGuard(folder.path, "1");
  guard.begin(8);
  guard.end();
  expect(existsSync(guard.path)).toBe(false);
  folder.remove();
});

async function writePoison(connectionString: string): Promise<void> {
  const opened = await openRegistry({
    connectionString,
    instance: { id: randomUUID(), name: "another", url: "", version: "" },
    internalModule: internalModule(),
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const intent = { actor: "test", action: "tenants.create", target: "", requestId: null, idempotency: null };
  const tenant = { id: "poison", name: null, description: null };
  await opened.value.write<never>(intent, () =>
    ok({ changes: [{ kind: "tenant.put", tenant }], answer: "" }),
  );
  await opened.value.close();
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/_/proxy/tenants`, { method: "POST", body: JSON.stringify(body) });
}

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const givesUpAt = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > givesUpAt) throw new Error("still not after 20 s");
    await delay(20);
  }
}
