import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { createLog } from "./log.ts";
import { aborted, listenForStop } from "./shutdown.ts";

const log = createLog({ form: "json", level: "error", now: () => 0, write: () => undefined });

describe("a stop", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP", "disconnect"])("is asked for by %s", async (event) => {
    const source = new EventEmitter();
    const request = listenForStop(source, log);
    source.emit(event, event);
    await aborted(request.stop);
    expect(request.hurry.aborted).toBe(false);
  });

  it("is hurried by a second signal, but not by the launcher's copy of the first", () => {
    const source = new EventEmitter();
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const request = listenForStop(source, log);
    source.emit("SIGINT", "SIGINT");
    now.mockReturnValue(400);
    source.emit("SIGINT", "SIGINT");
    expect(request.hurry.aborted).toBe(false);
    now.mockReturnValue(1000);
    source.emit("SIGTERM", "SIGTERM");
    expect(request.hurry.aborted).toBe(true);
    now.mockRestore();
  });

  it("lets the process end, and still survives a signal", () => {
    const source = new EventEmitter();
    listenForStop(source, log).letEnd();
    expect(source.listenerCount("disconnect")).toBe(0);
    expect(source.listenerCount("SIGTERM")).toBe(1);
  });

  it("is not what SIGHUP asks for where it means something else, until one was asked for", () => {
    const source = new EventEmitter();
    const hangUps: string[] = [];
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const request = listenForStop(source, log, () => hangUps.push("replace"));
    source.emit("SIGHUP", "SIGHUP");
    expect([hangUps, request.stop.aborted]).toEqual([["replace"], false]);
    source.emit("SIGTERM", "SIGTERM");
    now.mockReturnValue(1000);
    source.emit("SIGHUP", "SIGHUP");
    expect([hangUps, request.hurry.aborted]).toEqual([["replace"], true]);
    now.mockRestore();
  });
});
