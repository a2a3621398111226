import { once } from "node:events";
import {
  defineInterface,
  defineModule,
  descriptorOf,
  type ModuleHost,
  parseHostConfig,
  type RequestContext,
  route,
  startModules,
  Type,
} from "@octavo/module-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "../proxy/call.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";

/** A client's deadline through a real gateway, a module of the kit, the gateway again and a second module. */

let reached = Promise.withResolvers<RequestContext>();
const ended: string[] = [];

const caller = defineModule({
  name: "octavo-caller",
  version: "1.0.0",
  title: "Asks another one",
  interfaces: [
    defineInterface("asks", "1.0", [
      route({
        method: "GET",
        path: "/asks",
        answers: { 200: Type.Unknown() },
        handle: async ({ calls, context }) => {
          const outcome = await calls.send({ method: "GET", path: "/waits", answer: Type.Unknown() });
          // The other one may have ended some milliseconds before.
          if (!context.signal.aborted) await once(context.signal, "abort");
          ended.push(`caller: ${String(context.signal.reason)}`);
          return { status: 200, body: { outcome } };
        },
      }),
    ]),
  ],
  requires: { waits: "1.0" },
});
const called = defineModule({
  name: "octavo-called",
  version: "1.0.0",
  title: "Waits until nobody waits for it",
  interfaces: [
    defineInterface("waits", "1.0", [
      route({
        method: "GET",
        path: "/waits",
        answers: { 200: Type.Unknown() },
        handle: async ({ context }) => {
          reached.resolve(context);
          if (!context.signal.aborted) await once(context.signal, "abort");
          ended.push(`called: ${String(context.signal.reason)}`);
          return { status: 200, body: {} };
        },
      }),
    ]),
  ],
});

let platform: Platform;
let host: ModuleHost;
const nowMs = (): number => Math.floor(performance.timeOrigin + performance.now());

beforeAll(async () => {
  platform = await startPlatform(1);
  const config = parseHostConfig({ OCTAVO_TRUST: "network" }, () => "");
  if (!config.ok) throw new Error(config.error.join("; "));
  host = await startModules([called, caller], config.value, { write: () => undefined });
  const placed = host.modules.map(({ definition, url }) => ({
    descriptor: { ...descriptorOf(definition), id: definition.id },
    url,
  }));
  await platform.tenant("north", placed);
}, 60_000);
afterAll(async () => {
  await host.drain();
  await platform.close();
});

const ask = (deadlineMs: number) =>
  call(platform.urls[0] ?? "", {
    path: "/asks",
    headers: { "X-Okapi-Tenant": "north", "X-Request-Deadline": String(deadlineMs) },
  });

it("reaches the last module as the client set it, and ends the work of both", async () => {
  reached = Promise.withResolvers();
  const deadlineMs = nowMs() + 700;
  const answered = ask(deadlineMs);
  const context = await reached.promise;
  expect(context.deadlineMs).toBe(deadlineMs);
  expect(context.remainingMs()).toBeLessThanOrEqual(700);
  expect(await answered).toMatchObject({ status: 504 });
  while (ended.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(ended.toSorted()).toEqual([
    expect.stringMatching(/^called: Error: the (?:request took longer|client has left)/u),
    expect.stringMatching(/^caller: Error: the (?:request took longer|client has left)/u),
  ]);
});

it("that has passed reaches no module", async () => {
  reached = Promise.withResolvers();
  expect(await ask(nowMs() - 1)).toMatchObject({ status: 504 });
  expect(await Promise.race([reached.promise, Promise.resolve("nobody was asked")])).toBe("nobody was asked");
});
