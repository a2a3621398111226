import { afterEach, expect, it } from "vitest";
import {
  closeAll,
  failureOf,
  kinds,
  moduleOf,
  ok,
  open,
  plain,
  request,
  start,
  text,
} from "./testing/opened-upstreams.ts";
import { answer, type Script } from "./testing/scripted-module.ts";

afterEach(closeAll);

const silence = { path: "/admin/health", suspectAfterMs: 500, answerMs: 50, everyMs: 5 };
const never = { ...silence, suspectAfterMs: 1e12 };

/** Answers nothing, as a frozen process, until it is told to go on. */
function freezable(): { readonly script: Script; goOn(): void } {
  let isFrozen = true;
  const owed: (() => void)[] = [];
  return {
    script: (socket) => {
      const say = () => void socket.write(answer("ok"));
      if (isFrozen) owed.push(say);
      else say();
    },
    goOn: () => {
      isFrozen = false;
      for (const say of owed.splice(0)) say();
    },
  };
}

it("an instance that stands still gets nothing more once it owes an answer, is told as down, and comes back", async () => {
  const still = freezable();
  const frozen = await start(still.script);
  const alive = await start(ok);
  const { upstreams, events, time, untilEvent } = open({ silence });
  const module = moduleOf(frozen, alive);
  const waiting: ReturnType<typeof text>[] = [];
  while (frozen.seen.length === 0) {
    const sent = text(upstreams.send(module, request("POST"), plain));
    await Promise.race([sent, frozen.until(() => frozen.seen.length > 0)]);
    waiting.push(sent);
  }
  time.now += 600;
  await untilEvent("down");
  const asked = frozen.seen.filter(({ target }) => target === "/admin/health");
  expect(asked).toMatchObject([{ method: "GET", isReused: false }]);
  for (let round = 0; round < 20; round += 1) await text(upstreams.send(module, request("POST"), plain));
  expect(frozen.seen.filter(({ method }) => method === "POST")).toHaveLength(1);
  still.goOn();
  await Promise.all(waiting);
  await untilEvent("up");
  expect(upstreams.report(module.moduleId).map(({ state }) => state)).toEqual(["in", "in"]);
  expect(kinds(events).filter((kind) => kind !== "down" && kind !== "up")).toEqual([]);
});

it("an instance that is busy for long with one request and answers others is left alone", async () => {
  const owed: (() => void)[] = [];
  const busy = await start((socket, { method }) => {
    const say = () => void socket.write(answer("ok"));
    if (method === "POST") owed.push(say);
    else say();
  });
  const { upstreams, events, time } = open({ silence });
  const module = moduleOf(busy, busy.url);
  const report = text(upstreams.send(module, request("POST"), plain));
  await busy.until(() => owed.length === 1);
  time.now += 600;
  await busy.until(() => busy.seen.some(({ target }) => target === "/admin/health"));
  for (let round = 0; round < 10; round += 1) await text(upstreams.send(module, request("GET"), plain));
  for (const say of owed) say();
  await report;
  expect(events).toEqual([]);
});

it("the longer an instance has been silent, the less it is chosen, before anything else is known of it", async () => {
  const frozen = await start(() => undefined);
  const alive = await start(ok);
  const { upstreams, time } = open({ silence: never });
  const module = moduleOf(frozen, alive);
  const client = new AbortController();
  const owed: ReturnType<typeof failureOf>[] = [];
  while (frozen.seen.length === 0) {
    const sent = upstreams.send(module, request("POST", { signal: client.signal }), plain);
    await Promise.race([sent, frozen.until(() => frozen.seen.length > 0)]);
    if (frozen.seen.length > 0) owed.push(failureOf(sent));
    else await text(sent);
  }
  time.now += 100;
  for (let round = 0; round < 50; round += 1) await text(upstreams.send(module, request("POST"), plain));
  expect(frozen.seen).toHaveLength(1);
  client.abort();
  await Promise.all(owed);
});
