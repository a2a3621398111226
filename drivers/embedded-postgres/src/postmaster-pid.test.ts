import { describe, expect, it } from "vitest";
import { isPostmasterOf, parsePostmasterPid } from "./postmaster-pid.ts";

describe("a postmaster.pid", () => {
  it.each([
    [
      "of a ready server",
      "4711\n/data\n1764000000\n5433\n/run\n127.0.0.1\n 1234 5\nready   \n",
      { pid: 4711, port: 5433, isReady: true },
    ],
    [
      "of one that recovers",
      "4711\n/data\n1764000000\n5433\n/run\n127.0.0.1\n 1234 5\nstarting\n",
      { pid: 4711, port: 5433, isReady: false },
    ],
    ["just being written", "4711\n/data\n1764", { pid: 4711, port: 0, isReady: false }],
    ["that is empty", "", null],
    ["that is something else", "hello\n", null],
    ["of a single-user session, which has a negative id", "-4711\n/data\n", null],
  ])("%s", (_, text, expected) => {
    expect(parsePostmasterPid(text)).toEqual(expected);
  });

  it("that names a live process which is not PostgreSQL claims nothing", () => {
    expect(isPostmasterOf("/data", process.pid)).toBe(false);
  });
});
