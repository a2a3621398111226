import { AnswerFailure, BodyFailure } from "@octavo/http-wire";
import { afterEach, describe, expect, it } from "vitest";
import {
  NOW,
  answerOf,
  brokenBody,
  closeAll,
  deadUrl,
  failureOf,
  moduleOf,
  ok,
  open,
  plain,
  read,
  request,
  start,
  text,
} from "./testing/opened-upstreams.ts";

afterEach(closeAll);

describe("a request to a module", () => {
  it("reaches an instance, with the path of its URL before its own", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const sent = upstreams.send(
      moduleOf(`${instance.url}/base/`),
      request("GET", { target: "/users?x=1" }),
      plain,
    );
    const given = await answerOf(sent);
    expect(given).toMatchObject({
      status: 200,
      instanceId: "i-0",
      url: `${instance.url}/base/`,
      attempts: 1,
    });
    expect(await read(given)).toBe("ok");
    expect(instance.seen[0]?.target).toBe("/base/users?x=1");
  });

  it("is shared out over all instances", async () => {
    const instances = [await start(ok), await start(ok), await start(ok)];
    const { upstreams } = open();
    const module = moduleOf(...instances);
    for (let round = 0; round < 60; round += 1) await text(upstreams.send(module, request("GET"), plain));
    expect(Math.min(...instances.map(({ seen }) => seen.length))).toBeGreaterThan(5);
  });

  it("without an instance is refused with 503", async () => {
    const { upstreams } = open();
    expect(await failureOf(upstreams.send(moduleOf(), request("POST"), plain))).toMatchObject({
      status: 503,
      kind: "no-instance",
      isRetrySafe: true,
      retryAfterSeconds: 1,
      attempts: 0,
    });
  });

  it("whose body breaks off rejects with that, and gives its slot back", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const body = brokenBody();
    const sent = upstreams.send(moduleOf(instance), request("POST", { body, contentLength: 9 }), plain);
    await expect(sent).rejects.toBeInstanceOf(BodyFailure);
    expect(upstreams.inFlight).toBe(0);
  });

  it("holds its slot until its answer has ended, read or abandoned", async () => {
    const rest: (() => void)[] = [];
    const instance = await start((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
      rest.push(() => socket.write("k"));
    });
    const { upstreams } = open();
    const module = moduleOf(instance);
    const first = await answerOf(upstreams.send(module, request("GET"), plain));
    const second = await answerOf(upstreams.send(module, request("GET"), plain));
    expect(upstreams.inFlight).toBe(2);
    for (const send of rest.slice(0, 1)) send();
    expect(await read(first)).toBe("ok");
    await first.ended;
    expect(upstreams.inFlight).toBe(1);
    second.abandon();
    await second.ended;
    expect(upstreams.inFlight).toBe(0);
    await expect(second.body?.readAll(10)).rejects.toBeInstanceOf(AnswerFailure);
  });

  it("whose answer came whole holds its slot no longer: there is nothing to wait for", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const answered = await answerOf(upstreams.send(moduleOf(instance), request("GET"), plain));
    expect(upstreams.inFlight).toBe(0);
    expect(await read(answered)).toBe("ok");
    expect(await answered.ended).toBe("complete");
  });

  it("of a client that has gone gives its slot back, and says nothing of the instance", async () => {
    const instance = await start(() => undefined);
    const { upstreams, events } = open();
    for (let round = 0; round < 6; round += 1) {
      const client = new AbortController();
      const sent = upstreams.send(
        moduleOf(instance, await deadUrl()),
        request("GET", { signal: client.signal }),
        plain,
      );
      void instance.until(() => instance.seen.length === round + 1).then(() => client.abort());
      expect(await failureOf(sent)).toMatchObject({ kind: "aborted", fault: "client" });
    }
    expect(upstreams.inFlight).toBe(0);
    expect(events.filter(({ kind, instanceId }) => kind === "ejected" && instanceId === "i-0")).toEqual([]);
  });
});

describe("the deadline of a request", () => {
  it("is passed on, and ends the wait with 504", async () => {
    const instance = await start(() => undefined);
    const { upstreams } = open();
    const sent = upstreams.send(moduleOf(instance), request("GET"), { ...plain, deadline: NOW + 50 });
    expect(await failureOf(sent)).toMatchObject({ status: 504, kind: "deadline", attempts: 1 });
    expect(instance.seen[0]?.headers["x-request-deadline"]).toBe(String(NOW + 50));
  });

  it("that has passed sends nothing", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const late = request("POST", { rawHeaders: ["X-Request-Deadline", String(NOW)] });
    expect(await failureOf(upstreams.send(moduleOf(instance), late, plain))).toMatchObject({
      status: 504,
      isRetrySafe: true,
      attempts: 0,
    });
    expect(instance.seen).toEqual([]);
  });

  it("ends the wait for a slot too", async () => {
    const instance = await start(() => undefined);
    const { upstreams } = open({ inFlightPerInstance: 1 });
    const module = moduleOf(instance);
    const client = new AbortController();
    const first = upstreams.send(module, request("GET", { signal: client.signal }), plain);
    const second = upstreams.send(module, request("GET"), { ...plain, deadline: NOW + 50 });
    expect(await failureOf(second)).toMatchObject({ status: 504, kind: "deadline", attempts: 0 });
    client.abort();
    await failureOf(first);
  });

  it("does not end an answer that streams", async () => {
    let finish = (): void => undefined;
    const instance = await start((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
      finish = () => socket.write("cd");
    });
    const { upstreams } = open();
    const given = await answerOf(
      upstreams.send(moduleOf(instance), request("GET"), { ...plain, deadline: NOW + 60 }),
    );
    const bytes = given.body?.readAll(10);
    await new Promise((resolve) => setTimeout(resolve, 120)); // the deadline has passed, whatever this machine does
    finish();
    expect(Buffer.from((await bytes) ?? []).toString()).toBe("abcd");
  });
});
