import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmbeddedPostgres } from "@octavo/embedded-postgres";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type CanaryModule, startCanaryModule } from "../ha/canary-module.ts";
import { type Gateway, HANG_MS, place, type Platform, startPlatform, until } from "../ha/platform.ts";
import { type Sent, send } from "../ha/send.ts";
import { valueOf } from "./outage-platform.ts";
import { smallDisk, whyNoSmallDisk } from "./small-disk.ts";

/** F7: no room for one byte more, at the gateway or at its database. Calls go on, what cannot be written says so, and with room again
 * nothing is to be done. */

const why = whyNoSmallDisk();
if (why !== null) process.stderr.write(`SKIPPED: full disks: ${why}\n`);
vi.setConfig({ testTimeout: 5 * HANG_MS, hookTimeout: 2 * HANG_MS });
const TENANT = "diku";
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

describe.skipIf(why !== null)("a full disk", () => {
  it("of a gateway costs its file, not its calls nor its writes, and is told", async () => {
    const disk = smallDisk(4);
    ends.push(() => disk.close());
    const { gateway, calls } = await serving(await startPlatform(1, () => ({ OCTAVO_DATA_DIR: disk.path })));
    await until("its state is in its file", () => isKept(gateway));
    disk.fill();
    for (let number = 0; number < 5; number += 1)
      expect(await write(gateway, number)).toMatchObject({ status: 201 });
    await until(
      "the metric of the alarm says so",
      async () => (await metric(gateway, "octavo_snapshot_file_failures_total")) > 0,
    );
    expect(gateway.process.output.stderr).toMatch(/ENOSPC/);
    expect(await isKept(gateway)).toBe(false);
    disk.makeRoom();
    await until("its state is in its file again", () => isKept(gateway));
    const { statuses } = await calls.stop();
    process.stderr.write(`F7, a gateway's disk full: calls by status ${JSON.stringify(statuses)}\n`);
    expect(Object.keys(statuses)).toEqual(["200"]);
  });

  it("of the database refuses writes with a reason, loses none that was acknowledged, and costs no call", async () => {
    const disk = smallDisk(256);
    ends.push(() => disk.close());
    const dataDir = join(disk.path, "postgres");
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o711);
    const start = async () => {
      const settings = { max_wal_size: "32MB", min_wal_size: "32MB" };
      const started = await startEmbeddedPostgres({ dataDir, maxConnections: 50, settings });
      if (!started.ok) throw new Error(started.error.message);
      return started.value;
    };
    let postgres = await start();
    ends.push(() => postgres.stop());
    const database = { url: postgres.url, drop: () => Promise.resolve() };
    const { gateway, calls } = await serving(await startPlatform(1, () => ({}), database));
    const written: number[] = [];
    let number = 0;
    while (number < 3) {
      expect(await write(gateway, (number += 1))).toMatchObject({ status: 201 });
      written.push(number);
    }
    disk.fill();
    let refused: Sent | null = null;
    await until("a write is refused", async () => {
      const sent = await write(gateway, (number += 1));
      if (sent.kind === "answered" && sent.status < 300) written.push(number);
      else refused = sent;
      return refused !== null;
    });
    expect(refused).toMatchObject({
      kind: "answered",
      status: 503,
      text: "The database's disk is full; nothing was changed. Make room there and try again.",
      headers: { "retry-after": expect.any(String) },
    });
    process.stderr.write(`F7, the database's disk full: ${written.length} written, the next refused\n`);
    expect(await send(false, gateway.url, { method: "GET", path: "/_/proxy/tenants" })).toMatchObject({
      status: 200,
    });
    expect(await send(false, gateway.url, { method: "GET", path: "/_/proxy/health" })).toMatchObject({
      status: 200,
    });
    await delay(2000); // calls while it is full

    disk.makeRoom();
    // A server that could not write its log has ended: that one is the operator's to start.
    if (!isAlive(postgres.pid)) postgres = await start();
    await until("it is written again", async () => {
      const sent = await write(gateway, (number += 1));
      if (sent.kind === "answered" && sent.status < 300) written.push(number);
      return written.at(-1) === number;
    });
    const { statuses } = await calls.stop();
    process.stderr.write(`F7, the database's disk full: calls by status ${JSON.stringify(statuses)}\n`);
    expect(Object.keys(statuses)).toEqual(["200"]);
    const entries = await send(false, gateway.url, { method: "GET", path: "/_/env" });
    const text = entries.kind === "answered" ? entries.text : "";
    expect(written.filter((each) => !text.includes(`"N${each}"`))).toEqual([]);
  });
});

/** Makes a tenant with a module, and calls it until it is stopped. */
async function serving(platform: Platform) {
  ends.push(() => platform.close());
  const canary: CanaryModule = await startCanaryModule();
  ends.push(() => canary.close());
  const [gateway] = platform.gateways;
  if (gateway === undefined) throw new Error("one gateway");
  await platform.manage(gateway, "POST", "/_/proxy/tenants", { id: TENANT });
  await place(platform, { id: "mod-canary-1.0.0", path: "/canary", url: canary.url }, [TENANT]);
  const statuses: Record<string, number> = {};
  const stop = new AbortController();
  const call = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const sent = await send(false, gateway.url, {
        method: "GET",
        path: "/canary",
        headers: { "X-Okapi-Tenant": TENANT },
      });
      const what = sent.kind === "answered" ? String(sent.status) : sent.because;
      statuses[what] = (statuses[what] ?? 0) + 1;
      await delay(5);
    }
  };
  const calling = call();
  const calls = {
    async stop() {
      stop.abort();
      await calling;
      return { statuses };
    },
  };
  ends.push(() => calls.stop());
  return { gateway, calls };
}

/** Some fit into pages that are there already. */
function write({ url }: Gateway, number: number): Promise<Sent> {
  const body = JSON.stringify({ name: `N${number}`, value: randomBytes(150).toString("base64") });
  return send(false, url, { method: "POST", path: "/_/env", body });
}

async function metric({ url }: Gateway, name: string): Promise<number> {
  const sent = await send(false, url, { method: "GET", path: "/_/metrics" });
  return (sent.kind === "answered" ? valueOf(sent.text, name) : null) ?? Number.NaN;
}

async function isKept(gateway: Gateway): Promise<boolean> {
  return (
    (await metric(gateway, "octavo_snapshot_file_revision")) ===
    (await metric(gateway, "octavo_registry_revision"))
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
