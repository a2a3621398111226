import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { apiAt } from "../gateway/http.ts";
import { type CountingModule, startCountingModule } from "./counting-module.ts";
import { startLoad } from "./clients-under-load.ts";
import { replacements } from "./replacements.ts";
import {
  isReady,
  ofTenant,
  path,
  type RollingGateway,
  type RollingPlatform,
  startRollingPlatform,
  timesSaid,
  until,
} from "./rolling-platform.ts";

const WORKERS = 2;

let module: CountingModule;
let platform: RollingPlatform;
let gateway: RollingGateway;

beforeEach(async () => {
  module = await startCountingModule();
  platform = await startRollingPlatform(1, module.url, {
    OCTAVO_WORKERS: String(WORKERS),
    OCTAVO_DRAIN_DELAY_MS: "0",
  });
  const [first] = platform.gateways;
  if (first === undefined) throw new Error("one was started");
  gateway = first;
}, 120_000);

afterEach(async () => {
  await platform.close();
  await module.close();
});

describe("a gateway with workers", () => {
  it(
    `replaces them ${replacements} times under load: no client sees an error, no POST comes twice`,
    async () => {
      const load = startLoad({
        clients: 32,
        chooseGateway: () => Promise.resolve(gateway.url),
        path,
        headers: ofTenant,
      });
      for (let done = 0; done < replacements; done += 1) {
        const before = load.answered;
        await gateway.replaceWorkers(WORKERS);
        expect(load.answered, "there was load meanwhile").toBeGreaterThan(before);
      }
      expect(load.handedOn, "clients were sent on to new workers").toBeGreaterThan(0);
      const { failures, posts, answered } = await load.stop();
      expect(failures).toEqual([]);
      expect(posts.length / answered).toBeCloseTo(0.5, 1);
      expect(posts.filter((id) => module.posts.get(id) !== 1)).toEqual([]);
    },
    60_000 * (1 + replacements),
  );

  it("starts a worker again that was killed, and loses no more than what that one had in hand", async () => {
    const pids = workerPids(gateway);
    const load = startLoad({
      clients: 32,
      chooseGateway: () => Promise.resolve(gateway.url),
      path,
      headers: ofTenant,
    });
    await until("there is load", () => load.answered > 100, gateway.process);
    process.kill(pids[0] ?? 0, "SIGKILL");
    await until("there is another", () => workerPids(gateway).length > WORKERS, gateway.process);
    const { failures, posts } = await load.stop();
    expect(failures.length).toBeLessThanOrEqual(32);
    expect(posts.filter((id) => (module.posts.get(id) ?? 0) > 1)).toEqual([]);
    expect(await isReady(gateway.url)).toBe(true);
    expect(timesSaid(gateway.process, "worker died")).toBe(1);
  });

  it("answers a write when every worker knows of it", async () => {
    for (let number = 0; number < 50; number += 1) {
      const id = `tenant${number}`;
      expect((await apiAt(gateway.url).post("/_/proxy/tenants", { id })).status).toBe(201);
      // Each call has a connection of its own, so that both workers are asked: one that did not know the tenant would say 400.
      for (let worker = 0; worker < WORKERS; worker += 1) {
        const answer = await fetch(`${gateway.url}/nowhere`, {
          headers: { "X-Okapi-Tenant": id, Connection: "close" },
        });
        expect([answer.status, await answer.text()]).toEqual([
          404,
          "No suitable module found for path and tenant",
        ]);
      }
    }
  });

  it("takes its workers with it when it is killed", async () => {
    const pids = workerPids(gateway);
    expect(pids).toHaveLength(WORKERS);
    const before = socketFolders();
    expect(before.length).toBeGreaterThan(0);
    await gateway.process.kill9();
    await until("they are gone", () => !pids.some(lives), gateway.process);
    expect(socketFolders().length, "they have removed their parent's socket").toBeLessThan(before.length);
  });

  it("ends cleanly on SIGTERM, and its workers with it", async () => {
    const pids = workerPids(gateway);
    expect(await gateway.process.stop("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(pids.some(lives)).toBe(false);
  });
});

/** In the order in which they became ready. */
function workerPids({ process }: RollingGateway): readonly number[] {
  return [...process.output.stderr.matchAll(/"message":"worker is ready","pid":(\d+)/g)].map(([, pid]) =>
    Number(pid),
  );
}

function socketFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("octavo-gateway-"));
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
