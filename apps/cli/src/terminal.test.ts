import { describe, expect, it } from "vitest";
import { choosePaint } from "./terminal.ts";

describe("colour", () => {
  it.each([
    [true, {}, true],
    [true, { NO_COLOR: "" }, true],
    [true, { NO_COLOR: "1" }, false],
    [true, { TERM: "dumb" }, false],
    [false, {}, false],
    [false, { TERM: "xterm" }, false],
  ])("on a terminal: %s, with %j: %s", (isTerminal, env, isColoured) => {
    expect(choosePaint(isTerminal, env).bold("x") !== "x").toBe(isColoured);
  });
});
