import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { StopRelay } from "./stop-relay.ts";

function relayed() {
  const source = new EventEmitter();
  const relay = new StopRelay(source);
  const heard: unknown[] = [];
  for (const event of ["SIGTERM", "SIGINT", "SIGHUP", "disconnect"])
    relay.on(event, (why) => heard.push([event, why]));
  return { source, relay, heard };
}

describe("the stop of a server in the foreground", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP", "disconnect"])("is asked for by %s of the process", (event) => {
    const { source, heard } = relayed();
    source.emit(event);
    expect(heard).toEqual([[event, event]]);
  });

  it("can be asked for by ourselves, with the reason", () => {
    const { relay, heard } = relayed();
    relay.stop("the release could not be imported");
    expect(heard).toEqual([["SIGTERM", "the release could not be imported"]]);
  });

  it("lets the process end afterwards, and still survives a late signal", () => {
    const { source, relay } = relayed();
    relay.letEnd();
    expect(source.eventNames()).toEqual(["SIGTERM", "SIGINT", "SIGHUP"]);
  });
});
