import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HANG_MS, until } from "../ha/platform.ts";
import { isSoak } from "../ha/tier.ts";
import { send } from "../ha/send.ts";
import { handling } from "../proxy/descriptors.ts";
import { type OtherHost, startOtherHost, whyNoOtherHost } from "./other-host.ts";

/** F8: a host vanishes with 1,000 clients in every phase of a request, and with a module that 1,000 calls of others wait for. Nothing is said:
 * no end, no reset. What the gateway holds for them it must let go by itself. */

const why = whyNoOtherHost();
if (why !== null) process.stderr.write(`SKIPPED: half-open connections: ${why}\n`);
const peers = isSoak ? 1000 : 200;
/** The defaults, and somewhat less. Not less than the 40 s after which a silent client is known to be gone: an answer that is written to
 * one before would give him the time of an idle connection, 65 s, once more. */
const moduleMs = isSoak ? 60_000 : 45_000;
const GOAL_MS = 70_000;
/** Of its pool for the database, whose connections may have come since. */
const OWN_CONNECTIONS = 10;
const TENANT = "half";
const main = fileURLToPath(new URL("./vanishing-peers-main.ts", import.meta.url));
vi.setConfig({ testTimeout: 5 * GOAL_MS + HANG_MS, hookTimeout: HANG_MS });

describe.skipIf(why !== null)("a host that vanishes", () => {
  const folder = temporaryFolder();
  const operator = { "X-Okapi-Token": randomBytes(32).toString("hex") };
  let database: FreshDatabase;
  let gateway: SpawnedOctavo;
  let host: OtherHost;
  let there: ReturnType<OtherHost["start"]>;
  let moduleUrl: string;

  beforeAll(async () => {
    database = await freshDatabase();
    gateway = await spawnOctavo(["gateway"], {
      DATABASE_URL: database.url,
      OCTAVO_DATA_DIR: folder.path,
      OCTAVO_HOST: "0.0.0.0", // the other host must reach it
      OCTAVO_KEY: "00".repeat(32),
      OCTAVO_OPERATOR_TOKEN: operator["X-Okapi-Token"],
      OCTAVO_MODULE_IN_FLIGHT: "8000",
      OCTAVO_MODULE_FIRST_BYTE_MS: String(moduleMs),
      OCTAVO_MODULE_BODY_IDLE_MS: String(moduleMs),
      OCTAVO_ACCESS_LOG: "off",
    });
    await gateway.healthy(HANG_MS);
    host = startOtherHost();
    there = host.start(main, [host.ours, new URL(gateway.url).port]);
    moduleUrl = `http://${host.address}:${await nextLine()}`;
  });
  afterAll(async () => {
    there?.kill("SIGKILL");
    host?.close();
    await gateway?.stop();
    await database?.drop();
    folder.remove();
  });

  it(`with ${peers} clients and ${peers} calls at its module leaves no socket behind`, async () => {
    await place();
    const first = await send(false, gateway.url, {
      method: "GET",
      path: "/ok",
      headers: { "X-Okapi-Tenant": TENANT },
    });
    expect(first).toMatchObject({ status: 200 });
    await until("the idle connection to the module is gone", () => socketsTo(host.address) === 0);
    const handles = handlesOf(gateway.pid);

    tell(`open ${peers}`);
    expect(await nextLine()).toBe("open");
    // Of this host: they learn that nobody answers.
    const calls = Array.from({ length: peers }, (_none, number) =>
      ask(number % 2 === 0 ? "/silent" : "/half-answer"),
    );
    // Two kinds of the clients' requests are at the module as well.
    await until("all are on their way", async () => {
      tell("waiting");
      return Number(await nextLine()) >= peers + (peers / 5) * 2;
    });
    const open = socketsTo(host.address);
    expect(open).toBeGreaterThanOrEqual(2 * peers);
    host.vanish();
    const gone = until("no socket is left", () => socketsTo(host.address) === 0, 5 * GOAL_MS);
    const outcomes = Object.groupBy(await Promise.all(calls), (outcome) => outcome);
    const goneMs = await gone;
    await until("its handles are as before", () => handlesOf(gateway.pid) <= handles + OWN_CONNECTIONS);
    const toldApart = Object.entries(outcomes).map(([what, each]) => `${each?.length} ${what}`);
    process.stderr.write(
      `F8: ${open} sockets to a host that vanished, none after ${Math.round(goneMs / 1000)} s (goal ${GOAL_MS / 1000}); ` +
        `handles ${handles} before, ${handlesOf(gateway.pid)} after; calls: ${toldApart.join(", ")}\n`,
    );
    expect(Object.keys(outcomes).toSorted()).toEqual(["504", "lost"]);
    expect(await send(false, gateway.url, { method: "GET", path: "/_/proxy/health" })).toMatchObject({
      status: 200,
    });
  });

  async function place(): Promise<void> {
    const { id, provides } = handling("mod-half-1.0.0", [{ pathPattern: "/*" }]);
    const metadata = { octavo: { public: ["GET /*", "POST /*"] } };
    const steps: readonly (readonly [string, unknown])[] = [
      ["/_/proxy/modules", { id, provides, metadata }],
      ["/_/discovery/modules", { srvcId: id, instId: `${id}-1`, url: moduleUrl }],
      ["/_/proxy/tenants", { id: TENANT }],
      [`/_/proxy/tenants/${TENANT}/install?invoke=false`, [{ id, action: "enable" }]],
    ];
    for (const [path, body] of steps) {
      const call = { method: "POST", path, headers: operator, body: JSON.stringify(body) };
      const sent = await send(false, gateway.url, call);
      if (sent.kind !== "answered" || sent.status >= 300) throw new Error(`${path}: ${JSON.stringify(sent)}`);
    }
  }

  /** @returns the status, or "lost" where the answer broke off */
  async function ask(path: string): Promise<string> {
    const headers = { "X-Okapi-Tenant": TENANT };
    const sent = await send(false, gateway.url, { method: "GET", path, headers }, 5 * GOAL_MS);
    return sent.kind === "answered" ? String(sent.status) : sent.kind;
  }

  function tell(line: string): void {
    there.stdin?.write(`${line}\n`);
  }

  async function nextLine(): Promise<string> {
    if (there.stdout === null) throw new Error("it has a pipe");
    const [line] = (await once(there.stdout, "data")) as [Buffer]; // no encoding is set
    return line.toString().trim();
  }

  /** Sockets of the gateway to this address. */
  function socketsTo(address: string): number {
    const owned = new Set(socketsOf(gateway.pid));
    const peer = hexOf(address);
    const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
    return lines
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, , remote = "", , , , , , , inode = ""]) => remote.startsWith(`${peer}:`) && owned.has(inode),
      ).length;
  }
});

function handlesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** @returns their inodes */
function socketsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    } catch {
      return []; // closed since
    }
  });
}

/** As /proc/net/tcp writes an address: the bytes backwards. */
function hexOf(address: string): string {
  const bytes = address.split(".").toReversed();
  return bytes.map((byte) => Number(byte).toString(16).padStart(2, "0").toUpperCase()).join("");
}
