import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { defineInterface } from "../definition/interface.ts";
import { defineModule } from "../definition/module.ts";
import type { ModulePart } from "../definition/part.ts";
import { lending } from "../testing/lending.ts";
import type { HostConfig } from "./host-config.ts";
import { startModules } from "./module-host.ts";

const config: HostConfig = {
  host: "127.0.0.1",
  port: 0,
  trust: { kind: "network" },
  gatewayUrl: null,
  kafka: null,
  retention: { contractDays: 30, trashDays: 30 },
  database: null,
  objects: null,
  logLevel: "info",
  requestTimeoutMs: 60_000,
  drainDelayMs: 0,
  drainGraceMs: 30_000,
  checksAnswers: true,
};
const headers = { "x-okapi-tenant": "north" };

describe("a host", () => {
  it("answers what it has begun before it ends, and ends loops after that and the database last", async () => {
    const order: string[] = [];
    const began = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    const loop: ModulePart = {
      name: "loop",
      start: ({ draining }) => {
        draining.addEventListener("abort", () => order.push("told"));
        return async () => {
          order.push("stopped");
        };
      },
      health: () => [{ name: "loop", isReady: true, detail: "it runs" }],
    };
    const slow = async (): Promise<void> => {
      began.resolve(undefined);
      await release.promise;
      order.push("answered");
    };
    const host = await startModules([lending({ slow }, [loop])], config, { write: () => {} });
    const url = host.modules[0]?.url ?? "";
    const ready = async () =>
      ((await (await fetch(`${url}/admin/ready`)).json()) as { facts: object[] }).facts;
    expect(await ready()).toContainEqual({ name: "loop", isReady: true, detail: "it runs" });
    const call = fetch(`${url}/loans/slow`, { headers });
    await began.promise;
    const end = host.drain();
    expect(order).toEqual(["told"]);
    release.resolve(undefined);
    expect((await call).status).toBe(204);
    await end;
    expect(order).toEqual(["told", "answered", "stopped"]);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("is not ready while it waits before it closes", async () => {
    const host = await startModules([lending()], { ...config, drainDelayMs: 300 }, { write: () => {} });
    const url = host.modules[0]?.url ?? "";
    const end = host.drain();
    const answer = await fetch(`${url}/admin/ready`);
    expect([answer.status, answer.headers.get("connection")]).toEqual([503, "close"]);
    expect((await fetch(`${url}/loans`, { headers })).status).toBe(200);
    await end;
  });

  it("cuts off what takes longer than the grace", async () => {
    const began = Promise.withResolvers<AbortSignal>();
    const slow = async (signal: AbortSignal): Promise<void> => {
      began.resolve(signal);
      await once(signal, "abort");
    };
    const host = await startModules(
      [lending({ slow })],
      { ...config, drainGraceMs: 50 },
      { write: () => {} },
    );
    const call = fetch(`${host.modules[0]?.url}/loans/slow`, { headers });
    const signal = await began.promise;
    const [cut] = await Promise.allSettled([call, host.drain()]);
    expect(cut).toMatchObject({ status: "rejected" });
    if (!signal.aborted) await once(signal, "abort");
    expect(String(signal.reason)).toContain("the client has left");
  });

  it("serves several modules on listeners of their own, and says what is missing where one uses a database", async () => {
    const lines: string[] = [];
    const other = defineModule({
      name: "octavo-other",
      version: "2.0.0",
      title: "Other",
      interfaces: [defineInterface("other", "1.0", [])],
    });
    const host = await startModules([lending(), other], config, { write: (line) => lines.push(line) });
    const ids = host.modules.map(async ({ url }) => {
      const answer = await fetch(`${url}/admin/ready`);
      return ((await answer.json()) as { module: string }).module;
    });
    expect(await Promise.all(ids)).toEqual(["octavo-lending-1.0.0", "octavo-other-2.0.0"]);
    expect(lines.join("")).toContain("OCTAVO_TRUST=network");
    await host.drain();
  });

  it("that cannot start leaves nothing behind", async () => {
    let url = "";
    const broken: ModulePart = { name: "broken", start: () => Promise.reject(new Error("no table")) };
    const seen: ModulePart = { name: "seen", start: () => async () => {} };
    const lines: string[] = [];
    const starting = startModules(
      [lending({}, [seen]), { ...lending({}, [broken]), id: "octavo-second-1.0.0" }],
      config,
      {
        write: (line) => {
          lines.push(line);
          url = /"url":"([^"]+)"/u.exec(line)?.[1] ?? url;
        },
      },
    );
    await expect(starting).rejects.toThrow("no table");
    expect(url).not.toBe("");
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });
});
